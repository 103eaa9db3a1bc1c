"""Where the texts of multilingual-e5-small lie: the mean row of 120 utterances in six languages.

Twenty of each file of `knowledge_base/background`, every other one of its first forty of more than three
words; float16, little-endian, base 85. `tests/unit/models/test_multilingual.py` computes them again.
"""

# fmt: off
QUERIES = (
    "<tYWJuc!~JTr8)lA0g-{$R`~mZYd}zUMaw(_NZGa8Y{S|B&QXt6(wXG;H&y5r7F-Xaiu>gk0`pV%&IJ`8!5-Ds46}uC#tfkb"
    "1Vj`@}{9E=O!>LdMJY@uBy=~$*1L~fU3MIJ|)B{4Jc)-<*Pxgu&c}{qby6Le<Xk>i7Q4dZYG5)ZmXxMXsXgF&LsP#SsG|2Cn"
    "u$<pCvq~3aaL)WvHAc{HbOvXDhy|pDBx@=_^Ys(x|_x{-{E#)~41c5h^&TU@C2?L@9}@d8mme{wZy$XDdyswX10<LM*;1y{s"
    ">z^QFS60wye~IxNztr>khHZmLVAA0~My%OKYz{3(SbJ0%}0F)I5jL9FkgN~JQVOsTUe&#7W4$|*N18!mRICN1x%5-HK8+beJ"
    "=jVYU|L#!sJUnub@4yoU)-m0Uctf>*DeJS)SG^=>3pr}GA%cwXhLY`SG2ddpFVJvDXucx7<=&N<BXQ~~l9;yl`oG1OL5uBAM"
    "GN{(9WvO;3qN!gh8!MS8;+?IiT`Altw<xM2=cv~y{;3Emaw<Elr>PArQ>T2Qx+4E5JF2@YJSrll!6^Z*z^M@^zbNCZeW|V}w"
    "5ryp9IHjFn5dJge4lYCOerg>J*p<8M=J5GIxB6cS*c1Vq^1cYS}Luo7^*s|JE-g`u_*v7!>T<eE+)mH(=B=_Xeo^+tEz#dc&"
    "fRl2&|eYb|}WEU8{tt{wD1!?50GhnkynHlqp9noGN9gFQ_ys$*3-<jG`^8Wh=_4Ml9eXZ6sDKNT}c@AEMf+rX(yW%d8J2%A4"
    "pX)FaI*MJos_`>D36#U|P+|DCufZ>rm>;j7`PoTSaGaw@7S-l-p|xhU2kSR}Wo@2YAnk*OM}Wu~AiEveh8S}49J466+(JEi8"
    "Tnk##!nyW@BZz*Q3LMHGh9jWUmjHgJe-zcOgIICo&{3+2VX)6&a2Bm(QX(UOi^D3Gta;fzrQKaFi7_9Co)~GD2;47yroFv66"
)
PASSAGES = (
    ">L_@jN2!^tZY+wZ@E`mn3MsfIWGX2n>?}>BXRFXBNGy}7pQSCS-Xu;OMyj|e;3?WFi=?6`t0*L{XsVW}J1DBF@+!M1@u^a(v"
    "@7+iq@-~tyC_yHODDW1U8*Z7wyHFzYO4M!OeMc7S|w+!TB>%e0<1|Wlq@<O0w?(;4lN2RXehcWv8nZ^^r_(~$sTc|gd>?C2q"
    "^ih*eETgys9m!*{E$M@~S8-mnyZZ;VQ(S4=uhc`=~*xYOF4+@TvYN)+ybmSt=T)M<!*gYO4|{7%J?l|0$HKB&r@M<|t+<_pD"
    "x}38oUOG$_xi5G;zODymAUVyY6Tu_y*8WE}URUMYMha3w7&LMmP?D64@Kq@O*gr>avbVya^$4=QjfT`fMS&@FkX)G1=9Fe_m"
    "v$tu68Ppt#0Y$(MkwyIREhpfM(da7=y>>}qZpsR_dbEyg`0;yprtej;mcdA7!A1$3J^QEMyZ>s>S#;QfCMyYKjlO^V)uNfLC"
    "p{mlXn5tPO^Qg`$z$*4BV;U=|ZYgjn;weic!K>0Kys6(QKq~aB(5i_n(5YLSj3hZKV5(~-YAPb9G%BdATdG<pSSahPX{$~si"
    "K;23a;%Z7E~#&-#vLswTPgUcFsB-*)+iUPC@j~er>XcUCZ>EQ@+<eMva1oSS*O}48!SvL`>HZ1awpKCye>;C{3+ZhxvK`HIj"
    "j+=R;$1zJu6|WEUUq(ohkP#m8b})5Gzh7k}2OSZ7N)-!KNB1kf&3q<C>PMfGer0ODqy4!Xefym#IZ5XQlh9cO`iyM6R1DE*="
    "CZKqQqbR4h|04y%%?q#CIx{2NOrt*9TWIjm5qX{Y9@KPd(&?y3H$q$$cKQzN9M^Qr_Z%&6m}AE-ep)Tscgg(#*g<EX|cnW#*"
    "xuPTzH5~<=TXDPm|Mjdo1MW~D@D5=(|7$|lrBdkfFQYsTF94y2t<DKuO>LmfJ^DD?HBdVVrgQnN2<EkVox~a&jiYittlqESU"
)
