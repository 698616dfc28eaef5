"""Wrong siblings of a contract, made by one small change of its source each; a promise that is worth something refuses them."""
