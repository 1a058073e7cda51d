#pragma once

// What is said when nobody can go on.

namespace notify {

/// From now on a process that has no memory left for one of its threads says so in one sentence on standard
/// error and ends with code 1: whoever starts it again (systemd) finds everything that was acknowledged.
/// Where a request alone has too little memory it is answered with an error, and nothing ends.
void SayLastWords() noexcept;

}  // namespace notify
