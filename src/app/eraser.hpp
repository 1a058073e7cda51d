#pragma once

// Erases biometric data in the background: what lies in artifacts of people who were erased, and faces that
// nobody has named for long.

#include <chrono>
#include <stop_token>
#include <thread>

#include "people/erasing.hpp"

namespace notify {

/// One thread, which looks every 2 s for artifacts and every hour for faces. Everything borrowed outlives it.
class Eraser final {
public:
    /// Faces that nobody has named stay for `unnamed`, where their bucket does not say; 0: for ever.
    Eraser(Erasing& erasing, std::chrono::days unnamed) : erasing_(erasing), unnamed_(unnamed) {}

    ~Eraser();
    Eraser(const Eraser&) = delete;
    Eraser& operator=(const Eraser&) = delete;

    void Start();
    void Stop();

private:
    void Loop(const std::stop_token& stop);
    void EmptyArtifacts(const std::stop_token& stop);
    void EmptyNeverNamed(const std::stop_token& stop);

    Erasing& erasing_;
    const std::chrono::days unnamed_;
    std::jthread thread_;
};

}  // namespace notify
