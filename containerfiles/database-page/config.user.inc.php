<?php
// What phpMyAdmin writes goes to memory, and nobody comes in without a password.
$cfg['TempDir'] = '/tmp/page';
foreach (array_keys($cfg['Servers'] ?? []) as $number) {
    $cfg['Servers'][$number]['AllowNoPassword'] = false;
}
