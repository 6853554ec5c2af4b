<?php

// Nobody has a session; form requests ask for one all the same.
return ['driver' => 'array'];
