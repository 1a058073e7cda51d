#include "queue/pace.hpp"

#include <algorithm>
#include <chrono>

namespace notify {

namespace {

constexpr std::chrono::milliseconds kWindow{100};
constexpr int kMostAhead = 64;

}  // namespace

void Pace::Ended(Time now) {
    if (now - window_ >= kWindow) {
        last_ = now - window_ < 2 * kWindow ? count_ : 0;
        count_ = 0;
        window_ = now;
    }
    ++count_;
}

int Pace::Ahead(Time now) const {
    return now - window_ < 2 * kWindow ? std::min(last_, kMostAhead) : 0;
}

}  // namespace notify
