"""Where the texts of bge-small-en-v1.5 lie.

The mean row of the English utterances of more than three words (`knowledge_base/background`), as questions
and as passages. float16, little-endian, base 85; `tests/unit/models/test_thorough.py` computes them again.
"""

# fmt: off
QUERIES = (
    "z@_n`;UNj0HzW+9l_?G)LY$+b-yOf6r5phyv>xx7&mftdW~v({As`Q(B&5)xY9zQN>>hOu8mN=5;Gs~a3KXx8SRhUrGL})Du^dPw"
    "StZjXPn_wP0|_4$FC^p{Eh(U!9wqyln;VNH2cRk?mnF$1K_xyU=p^GJd$3O{yPgUfn5Ar{UL5@@LY^p_Or^#tejH+<6C&mjK^zt%"
    "DxpTB?V@a>Je~xi`yR+3!X%j!%A3Te@t7_oI;wl7cNt_LFsDW}3Zh&kNti{Oc%uBJARt8zFP)+od7LGnf+$v{Eg_L1<0ge9=bxv9"
    "ccc^=Um>g#LkY#7%P43oT?{f6x*}nzE~ieRC?KXJPZd9*8YBp&Bb*ql8J`@VaFKo|8>A8&9HF|HETsM=jTUaG$|FQ16DVgThoCST"
    "5}2)|>!ak803boEMWN{yH5_85c_RTLEv1hjYb=<YteDm$2^@|hd!MkT%%egh!W?v^45xCUF(z)G&7x8qu%}ceprm}DR-{&-Rv<W_"
    "@e{S3%%L0{J|veYtR>s1EG8iuBBIZd$tawerJ(*Ku^SB{6`Tl|sv)7Ox}S5j>7FR09i5gX9;ZYg{h^;7tR`_PI;9Gm0GX^H(kDb9"
    "8=XOvvXNSt3!>?zyrqgL;-Jef*&@^=?Wn6I1RbLrBCSCoWgTH2X96ImD5aF7-z4Ry;-tT$_MbeSb|4d>RV0WUS)IKOlqLTowWG<Y"
    "Nf;BQejyPD{UygGg{2aTGbO8{x1yyW(jzRM2_`V8bEI%6#~y$pQy>K)d!*bV2&S+otRo*9za|i$`WDI~2AndYjviT{;~?fCd!YBS"
    "Hz$e~yClbxTN(!-5Fl%*7!(U6iX@dBOqV?)^&CDbIUvfV#-qj|C7|gqktIMJ^O$^`<RjxGC>%W_WTTKM2c^L!U#NnoY$%u_38<;2"
    "WF&v5Sfdpz!lJjN_Mgk7NgRcoPNnb?^dN2_WFv^9JC~#&&>R91Y?)Lif*407"
)
PASSAGES = (
    "DW{;NUniQSA{#{#!YI`uJ|nQ8gOa|SgCnpZ^&+DiQ6g)gk*u*J)+OPhN2V#H8=U7Pe4L@6R;dZDppt*4OP#lxLnM=-JfZ4^iktx="
    "btr5jx}&kA6Bcu$!Xd{YWi550A{$Je&mF!Y370b{<0l*=T_%Migdt!huCN;{{TgH&tE1wh(I1T{g`-26MV-nikswQ>eH_f6hm!Ol"
    "E~Ve4VxTISs-L2wiySi~)+ARB;fZ{ute_$#<fsOu;ULQ)45x549Ho;d|C}kF!ky-&HWpZ+RHc_6O&a%|n<zP@rj7n4CntO%3ZG(~"
    "3!_0DGZ#D?I3U}n2Px<*dl954O(cJ(qNFUKK_R&zaT<{vz9i(NrJ+TwexX>XRV7O)iKSB{v7peUG^NxfS{<pUm?N(sPbJwSQV-%H"
    "1sy1(Vx+d2Rvy=@VxE~BdmQDYS0a=o8>AN<8ZLR9U7_J63xRSXOPvFxL!=cX9wus}tEJVYqa%16fuy+-PNY{LkEMB}<D~+ks2}g0"
    "J}7~so}X+b6eyA=iX`o(Zzu*NikO<8lPp`HdZRib$R8gf8k~*}6(o6~Jf4WO$R7}%U!~|H_@!qhDx|(7A12i)pQkIB2Ovx!Kq$x^"
    "{v$0Kp_H?s@1Y;1m!-cboS?EW0whk6NTTW_o)EB`maQKmStSdWpP>(=d!_4~B`0p7mZ+bc&!nQFQ6rJ0H<4H(+oEkGuO(O|^{1$)"
    "f0}Wm3?x*Wek7|Mg{S)-XC$blu%)9T0U=4BM4)P-SfdCgMIo6XyCdTqb)`EazNN}2UnCnIe<i(_m>T>dYojEj1SF!PsgN)rSD>S_"
    "+$Axd3m}G|Eg?c5!X>k+mKbfFvm{^=2%;b&3?gPJH=<CXG^Pw8F(864!XaBEJtMrF>?E2beH1Dj6{OfD*rrt@6Qsqc5+m0jy`__;"
    "%N%g10iwbyb*6}?m!SWbw-gncPo-y@)FR^_Xd-c@DwR+cKb`uPz@Zr>=m%sV"
)
