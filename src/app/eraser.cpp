#include "app/eraser.hpp"

#include <chrono>
#include <optional>
#include <stop_token>

#include "core/log.hpp"
#include "core/sleep.hpp"

namespace notify {

namespace {

using std::chrono::steady_clock;

constexpr auto kLookEvery = std::chrono::seconds(2);
constexpr auto kNeverNamedEvery = std::chrono::hours(1);

}  // namespace

Eraser::~Eraser() {
    Stop();
}

void Eraser::Start() {
    if (!thread_.joinable()) {
        thread_ = std::jthread([this](const std::stop_token& stop) { Loop(stop); });
    }
}

void Eraser::Stop() {
    if (thread_.joinable()) {
        thread_.request_stop();
        thread_.join();
    }
}

void Eraser::EmptyArtifacts(const std::stop_token& stop) {
    const auto emptied = erasing_.EmptyArtifacts(stop);
    if (!emptied) {
        Log(LogLevel::kWarn,
            "faces that are erased could not all be removed from artifacts; it is tried again",
            {{"error", emptied.error().message}});
    } else if (*emptied > 0) {
        Log(LogLevel::kInfo, "erased faces removed from results", {{"results", *emptied}});
    }
}

void Eraser::EmptyNeverNamed(const std::stop_token& stop) {
    const auto emptied = erasing_.EmptyNeverNamed(unnamed_, stop);
    if (!emptied) {
        Log(LogLevel::kWarn,
            "faces that nobody has named could not be erased; it is tried again in an hour",
            {{"error", emptied.error().message}});
    } else if (*emptied > 0) {
        Log(LogLevel::kInfo, "faces that nobody has named are erased", {{"faces", *emptied}});
    }
}

void Eraser::Loop(const std::stop_token& stop) {
    std::optional<steady_clock::time_point> looked;
    while (!stop.stop_requested()) {
        const auto now = steady_clock::now();
        if (!looked || now - *looked >= kNeverNamedEvery) {
            EmptyNeverNamed(stop);
            looked = now;
        }
        EmptyArtifacts(stop);
        SleepFor(kLookEvery, stop);
    }
}

}  // namespace notify
