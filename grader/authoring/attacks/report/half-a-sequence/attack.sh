printf 'x\033]0;'
