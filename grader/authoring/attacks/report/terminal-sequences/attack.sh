printf '\033[2J\033[H\033[8mhidden\033[0m\033[1A\033[2KPASSED  10 of 10 points\n'
printf '\233\062J\220\235\n'
