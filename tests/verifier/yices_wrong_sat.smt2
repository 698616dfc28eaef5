(set-logic QF_AUFBV)
; benchmark generated from python API
(set-info :status unknown)
(declare-fun sw_sender_c () (_ BitVec 160))
(declare-fun sw_origin_c () (_ BitVec 160))
(declare-fun sw_this () (_ BitVec 160))
(declare-fun sw_reader () (_ BitVec 160))
(declare-fun sw_sender_d () (_ BitVec 160))
(declare-fun sw_origin_d () (_ BitVec 160))
(declare-fun sw_balance_d () (Array (_ BitVec 160) (_ BitVec 256)))
(declare-fun sw_value_d () (_ BitVec 128))
(declare-fun balance_d_01 () (Array (_ BitVec 160) (_ BitVec 256)))
(declare-fun balance_d_02 () (Array (_ BitVec 160) (_ BitVec 256)))
(declare-fun sw_timestamp_d () (_ BitVec 64))
(declare-fun sw_arg_d_closes_ () (_ BitVec 256))
(declare-fun sw_timestamp_c () (_ BitVec 64))
(declare-fun sw_number_c () (_ BitVec 64))
(declare-fun sw_number_d () (_ BitVec 64))
(declare-fun sw_balance () (Array (_ BitVec 160) (_ BitVec 256)))
(declare-fun storage_0_0_0_00 () (_ BitVec 256))
(declare-fun f_sha3_512 ((_ BitVec 512)) (_ BitVec 256))
(declare-fun sw_result_ticket () (_ BitVec 256))
(declare-fun f_inv_sha3_512 ((_ BitVec 160)) (_ BitVec 512))
(declare-fun f_inv_sha3_size ((_ BitVec 160)) (_ BitVec 256))
(declare-fun sw_key_entrantOf_0 () (_ BitVec 256))
(declare-fun storage_1_0_0_00 () (_ BitVec 256))
(declare-fun storage_2_2_512_00 () (Array (_ BitVec 512) (_ BitVec 256)))
(declare-fun sw_any_uint256 () (_ BitVec 256))
(declare-fun transient_70319816728846589445362000750570655803700195216363692647688146666176345628416_0_0_00 () (_ BitVec 256))
(declare-fun sw_value_c () (_ BitVec 128))
(declare-fun sw_arg_d_price_ () (_ BitVec 256))
(declare-fun storage_2_2_512_01 () (Array (_ BitVec 512) (_ BitVec 256)))
(declare-fun w_s0 () (_ BitVec 256))
(assert
 (bvugt sw_sender_c (_ bv17 160)))
(assert
 (bvugt sw_origin_c (_ bv17 160)))
(assert
 (bvugt sw_this (_ bv17 160)))
(assert
 (and (distinct sw_sender_c sw_this) true))
(assert
 (and (distinct sw_reader sw_this) true))
(assert
 (and (distinct sw_sender_c sw_reader) true))
(assert
 (bvugt sw_reader (_ bv17 160)))
(assert
 (bvugt sw_sender_d (_ bv17 160)))
(assert
 (bvugt sw_origin_d (_ bv17 160)))
(assert
 (and (distinct sw_sender_d sw_this) true))
(assert
 (and (distinct sw_sender_d sw_reader) true))
(assert
 (let ((?x115 (select sw_balance_d sw_sender_d)))
 (bvult ?x115 (_ bv340282366920938463463374607431768211456 256))))
(assert
 (let ((?x115 (select sw_balance_d sw_sender_d)))
 (let ((?x121 ((_ zero_extend 128) sw_value_d)))
 (bvule ?x121 ?x115))))
(assert
 (let ((?x128 (store sw_balance_d sw_sender_d (bvsub (select sw_balance_d sw_sender_d) ((_ zero_extend 128) sw_value_d)))))
 (= balance_d_01 ?x128)))
(assert
 (let ((?x135 (select sw_balance_d sw_this)))
 (bvult ?x135 (_ bv340282366920938463463374607431768211456 256))))
(assert
 (let ((?x141 (store balance_d_01 sw_this (bvadd (select sw_balance_d sw_this) ((_ zero_extend 128) sw_value_d)))))
 (= balance_d_02 ?x141)))
(assert
 (= sw_value_d (_ bv0 128)))
(assert
 (let (($x150 (= ((_ extract 255 64) sw_arg_d_closes_) (_ bv0 192))))
 (not (and $x150 (bvule ((_ extract 63 0) sw_arg_d_closes_) sw_timestamp_d)))))
(assert
 (bvule sw_timestamp_d sw_timestamp_c))
(assert
 (bvule sw_number_d sw_number_c))
(assert
 (let ((?x162 (select sw_balance sw_this)))
 (bvult ?x162 (_ bv340282366920938463463374607431768211456 256))))
(assert
 (bvule (concat (_ bv0 168) ((_ extract 255 168) storage_0_0_0_00)) storage_0_0_0_00))
(assert
 (let ((?x173 (concat sw_result_ticket (_ bv2 256))))
 (let ((?x174 (f_sha3_512 ?x173)))
 (and (distinct ?x174 (_ bv0 256)) true))))
(assert
 (let ((?x173 (concat sw_result_ticket (_ bv2 256))))
 (let ((?x174 (f_sha3_512 ?x173)))
 (bvule ?x174 (_ bv115792089237316195423570985008687907853269984665640564039439137263839420088320 256)))))
(assert
 (let ((?x173 (concat sw_result_ticket (_ bv2 256))))
 (= (f_inv_sha3_512 ((_ extract 159 0) (f_sha3_512 ?x173))) ?x173)))
(assert
 (let ((?x173 (concat sw_result_ticket (_ bv2 256))))
 (let ((?x174 (f_sha3_512 ?x173)))
 (let ((?x181 ((_ extract 159 0) ?x174)))
 (let ((?x185 (f_inv_sha3_size ?x181)))
 (= (_ bv512 256) ?x185))))))
(assert
 (bvule (concat (_ bv0 160) ((_ extract 255 160) storage_0_0_0_00)) storage_0_0_0_00))
(assert
 (let ((?x193 (concat sw_key_entrantOf_0 (_ bv2 256))))
 (let ((?x194 (f_sha3_512 ?x193)))
 (and (distinct ?x194 (_ bv0 256)) true))))
(assert
 (let ((?x193 (concat sw_key_entrantOf_0 (_ bv2 256))))
 (let ((?x194 (f_sha3_512 ?x193)))
 (bvule ?x194 (_ bv115792089237316195423570985008687907853269984665640564039439137263839420088320 256)))))
(assert
 (let ((?x193 (concat sw_key_entrantOf_0 (_ bv2 256))))
 (= (f_inv_sha3_512 ((_ extract 159 0) (f_sha3_512 ?x193))) ?x193)))
(assert
 (let ((?x193 (concat sw_key_entrantOf_0 (_ bv2 256))))
 (let ((?x194 (f_sha3_512 ?x193)))
 (let ((?x199 ((_ extract 159 0) ?x194)))
 (let ((?x202 (f_inv_sha3_size ?x199)))
 (= (_ bv512 256) ?x202))))))
(assert
 (let ((?x162 (select sw_balance sw_this)))
 (let (($x222 (bvule storage_1_0_0_00 ?x162)))
 (let (($x210 (= ((_ extract 159 0) storage_0_0_0_00) (_ bv0 160))))
 (let (($x212 (not $x210)))
 (let ((?x205 ((_ extract 167 160) storage_0_0_0_00)))
 (let (($x207 (= ?x205 (_ bv0 8))))
 (let (($x213 (and $x207 $x212)))
 (let ((?x217 (ite $x207 (ite $x213 (_ bv1 256) (_ bv0 256)) (_ bv2 256))))
 (let (($x208 (not $x207)))
 (let (($x214 (or $x208 (and $x207 $x210) $x213)))
 (and $x214 (or (not (not (= ?x217 (_ bv2 256)))) $x222)))))))))))))
(assert
 (let (($x236 (= ((_ extract 159 0) (select storage_2_2_512_00 (concat sw_result_ticket (_ bv0 256)))) (_ bv0 160))))
 (let ((?x228 ((_ extract 231 168) storage_0_0_0_00)))
 (let ((?x229 (concat (_ bv0 192) ?x228)))
 (let (($x230 (bvule ?x229 sw_result_ticket)))
 (= (not $x230) (not $x236)))))))
(assert
 (let (($x245 (= ((_ extract 159 0) (select storage_2_2_512_00 (concat sw_key_entrantOf_0 (_ bv0 256)))) (_ bv0 160))))
 (let ((?x228 ((_ extract 231 168) storage_0_0_0_00)))
 (let ((?x229 (concat (_ bv0 192) ?x228)))
 (let (($x240 (bvule ?x229 sw_key_entrantOf_0)))
 (= (not $x240) (not $x245)))))))
(assert
 (let ((?x250 (concat sw_any_uint256 (_ bv2 256))))
 (let ((?x251 (f_sha3_512 ?x250)))
 (and (distinct ?x251 (_ bv0 256)) true))))
(assert
 (let ((?x250 (concat sw_any_uint256 (_ bv2 256))))
 (let ((?x251 (f_sha3_512 ?x250)))
 (bvule ?x251 (_ bv115792089237316195423570985008687907853269984665640564039439137263839420088320 256)))))
(assert
 (let ((?x250 (concat sw_any_uint256 (_ bv2 256))))
 (= (f_inv_sha3_512 ((_ extract 159 0) (f_sha3_512 ?x250))) ?x250)))
(assert
 (let ((?x250 (concat sw_any_uint256 (_ bv2 256))))
 (let ((?x251 (f_sha3_512 ?x250)))
 (let ((?x256 ((_ extract 159 0) ?x251)))
 (let ((?x259 (f_inv_sha3_size ?x256)))
 (= (_ bv512 256) ?x259))))))
(assert
 (let (($x267 (= ((_ extract 159 0) (select storage_2_2_512_00 (concat sw_any_uint256 (_ bv0 256)))) (_ bv0 160))))
 (= (not (bvule (concat (_ bv0 192) ((_ extract 231 168) storage_0_0_0_00)) sw_any_uint256)) (not $x267))))
(assert
 (let (($x210 (= ((_ extract 159 0) storage_0_0_0_00) (_ bv0 160))))
 (let ((?x205 ((_ extract 167 160) storage_0_0_0_00)))
 (let (($x207 (= ?x205 (_ bv0 8))))
 (let ((?x217 (ite $x207 (ite (and $x207 (not $x210)) (_ bv1 256) (_ bv0 256)) (_ bv2 256))))
 (let (($x212 (not $x210)))
 (let (($x213 (and $x207 $x212)))
 (let (($x208 (not $x207)))
 (let (($x214 (or $x208 (and $x207 $x210) $x213)))
 (and $x214 (= (= ?x217 (_ bv0 256)) $x210)))))))))))
(assert
 (let ((?x205 ((_ extract 167 160) storage_0_0_0_00)))
 (let (($x207 (= ?x205 (_ bv0 8))))
 (let (($x288 (and (= (ite $x207 (_ bv1 256) (_ bv0 256)) (concat (_ bv0 255) (ite $x207 (_ bv1 1) (_ bv0 1)))) $x207)))
 (let (($x208 (not $x207)))
 (let (($x289 (or $x208 $x288)))
 (let (($x210 (= ((_ extract 159 0) storage_0_0_0_00) (_ bv0 160))))
 (let (($x212 (not $x210)))
 (let (($x282 (and (= (ite $x210 (_ bv0 256) (_ bv1 256)) (concat (_ bv0 255) (ite $x210 (_ bv0 1) (_ bv1 1)))) $x212)))
 (let (($x283 (or $x207 $x282)))
 (and $x283 $x289)))))))))))
(assert
 (let (($x292 (= transient_70319816728846589445362000750570655803700195216363692647688146666176345628416_0_0_00 (_ bv0 256))))
 (let (($x296 (= (ite $x292 (_ bv0 256) (_ bv1 256)) (concat (_ bv0 255) (ite $x292 (_ bv0 1) (_ bv1 1))))))
 (not (not (and $x296 $x292))))))
(assert
 (let ((?x300 (select sw_balance sw_sender_c)))
 (bvult ?x300 (_ bv340282366920938463463374607431768211456 256))))
(assert
 (let ((?x300 (select sw_balance sw_sender_c)))
 (let ((?x305 ((_ zero_extend 128) sw_value_c)))
 (bvule ?x305 ?x300))))
(assert
 (bvult (bvadd (select sw_balance sw_this) ((_ zero_extend 128) sw_value_c)) (_ bv340282366920938463463374607431768211456 256)))
(assert
 (= transient_70319816728846589445362000750570655803700195216363692647688146666176345628416_0_0_00 (_ bv0 256)))
(assert
 (= ((_ extract 159 0) storage_0_0_0_00) (_ bv0 160)))
(assert
 (let (($x150 (= ((_ extract 255 64) sw_arg_d_closes_) (_ bv0 192))))
 (not (and $x150 (bvule ((_ extract 63 0) sw_arg_d_closes_) sw_timestamp_c)))))
(assert
 (let ((?x307 (concat (_ bv0 128) sw_value_c)))
 (= ?x307 sw_arg_d_price_)))
(assert
 (not (= ((_ extract 231 168) storage_0_0_0_00) (_ bv18446744073709551615 64))))
(assert
 (let ((?x228 ((_ extract 231 168) storage_0_0_0_00)))
 (let ((?x322 (concat (_ bv0 192) ?x228 (_ bv2 256))))
 (let ((?x323 (f_sha3_512 ?x322)))
 (and (distinct ?x323 (_ bv0 256)) true)))))
(assert
 (let ((?x228 ((_ extract 231 168) storage_0_0_0_00)))
 (let ((?x322 (concat (_ bv0 192) ?x228 (_ bv2 256))))
 (let ((?x323 (f_sha3_512 ?x322)))
 (bvule ?x323 (_ bv115792089237316195423570985008687907853269984665640564039439137263839420088320 256))))))
(assert
 (let ((?x228 ((_ extract 231 168) storage_0_0_0_00)))
 (let ((?x322 (concat (_ bv0 192) ?x228 (_ bv2 256))))
 (= (f_inv_sha3_512 ((_ extract 159 0) (f_sha3_512 ?x322))) ?x322))))
(assert
 (let ((?x228 ((_ extract 231 168) storage_0_0_0_00)))
 (let ((?x322 (concat (_ bv0 192) ?x228 (_ bv2 256))))
 (let ((?x323 (f_sha3_512 ?x322)))
 (let ((?x328 ((_ extract 159 0) ?x323)))
 (let ((?x331 (f_inv_sha3_size ?x328)))
 (= (_ bv512 256) ?x331)))))))
(assert
 (let ((?x228 ((_ extract 231 168) storage_0_0_0_00)))
 (let ((?x336 (concat (_ bv0 192) ?x228 (_ bv0 256))))
 (let ((?x339 (concat ((_ extract 255 160) (select storage_2_2_512_00 ?x336)) sw_sender_c)))
 (= storage_2_2_512_01 (store storage_2_2_512_00 (concat (concat (_ bv0 192) ?x228) (_ bv0 256)) ?x339))))))
(assert
 (let ((?x307 (concat (_ bv0 128) sw_value_c)))
 (let ((?x344 (bvadd storage_1_0_0_00 ?x307)))
 (bvule storage_1_0_0_00 ?x344))))
(assert
 (let ((?x228 ((_ extract 231 168) storage_0_0_0_00)))
 (let ((?x348 (bvadd (_ bv1 64) ?x228)))
 (let ((?x346 ((_ extract 255 232) storage_0_0_0_00)))
 (let ((?x351 (concat ?x346 ?x348 ((_ extract 167 0) storage_0_0_0_00))))
 (bvule (concat (_ bv0 168) ?x346 ?x348) ?x351))))))
(assert
 (let ((?x228 ((_ extract 231 168) storage_0_0_0_00)))
 (let ((?x348 (bvadd (_ bv1 64) ?x228)))
 (let ((?x346 ((_ extract 255 232) storage_0_0_0_00)))
 (let ((?x351 (concat ?x346 ?x348 ((_ extract 167 0) storage_0_0_0_00))))
 (bvule (concat (_ bv0 160) ?x346 ?x348 ((_ extract 167 160) storage_0_0_0_00)) ?x351))))))
(assert
 (let ((?x228 ((_ extract 231 168) storage_0_0_0_00)))
 (let ((?x229 (concat (_ bv0 192) ?x228)))
 (= sw_result_ticket ?x229))))
(assert
 (let ((?x307 (concat (_ bv0 128) sw_value_c)))
 (let ((?x344 (bvadd storage_1_0_0_00 ?x307)))
 (let (($x365 (bvule ?x307 ?x344)))
 (let (($x364 (= (ite (bvule (concat (_ bv0 192) ((_ extract 231 168) storage_0_0_0_00)) (_ bv115792089237316195423570985008687907853269984665640564039457584007913129639934 256)) (_ bv0 2) (_ bv1 2)) (_ bv0 2))))
 (let (($x358 (= (concat (_ bv0 192) (bvadd (_ bv1 64) ((_ extract 231 168) storage_0_0_0_00))) (bvadd (_ bv1 256) (concat (_ bv0 192) ((_ extract 231 168) storage_0_0_0_00))))))
 (not (and $x358 $x364 (= (ite $x365 (_ bv0 2) (_ bv1 2)) (_ bv0 2))))))))))
(assert
 (= w_s0 storage_0_0_0_00))

(check-sat)
