#include "core/fault_log.hpp"

#include <chrono>
#include <string>
#include <utility>

#include "core/log.hpp"
#include "core/result.hpp"

namespace notify {

namespace {

constexpr std::chrono::minutes kAgain{1};

}  // namespace

FaultLog::FaultLog(LogLevel level, std::string begins, std::string over)
    : level_(level), begins_(std::move(begins)), over_(std::move(over)) {}

void FaultLog::Note(const Result<void>& outcome, Time now) {
    if (outcome) {
        times_ = 0;
        if (std::exchange(open_, false)) {
            Log(LogLevel::kInfo, over_);
        }
        return;
    }
    ++times_;
    if (!said_ || now - said_at_ >= kAgain) {
        Log(level_, begins_, {{"error", outcome.error().message}, {"times", times_}});
        said_ = true;
        said_at_ = now;
        open_ = true;
    }
}

}  // namespace notify
