"""The Horn engine: unbounded proofs by solc's Horn clauses, z3's Spacer, and a check of each invariant by cvc5."""
