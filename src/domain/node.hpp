#pragma once

// A service among those that share a database.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"

namespace notify {

/// What a node is there for. The duties of scheduler and delivery are of one node at a time.
enum class Role : std::uint8_t { kApi = 1, kScheduler = 2, kWorker = 4, kDelivery = 8 };

/// A set of roles.
class Roles final {
public:
    constexpr Roles() = default;

    [[nodiscard]] static constexpr Roles All() noexcept { return Roles(15); }

    [[nodiscard]] constexpr bool Has(Role role) const noexcept {
        return (bits_ & static_cast<unsigned>(role)) != 0;
    }

    [[nodiscard]] constexpr Roles With(Role role) const noexcept {
        return Roles(bits_ | static_cast<unsigned>(role));
    }

    /// "api,scheduler,worker,delivery"; "" for none.
    [[nodiscard]] std::string Text() const;

    /// Reads what Text wrote, in any order, with blanks around the names. kInvalidArgument names the word
    /// that is no role, or says that there is none at all.
    [[nodiscard]] static Result<Roles> Parse(std::string_view text);

    friend constexpr bool operator==(Roles, Roles) = default;

private:
    explicit constexpr Roles(unsigned bits) : bits_(bits) {}

    unsigned bits_ = 0;
};

/// "api", "scheduler", "worker", "delivery".
[[nodiscard]] std::string_view ToString(Role role) noexcept;

struct Node {
    NodeId id;            ///< Of this start; what holds leases.
    std::string name;     ///< The same after each restart: "nod_… on HOST".
    std::string host;     ///< Of the machine.
    std::string version;  ///< Of the program.
    Roles roles;
    int workers = 0;  ///< Items it processes at the same time.
    bool reads_folders =
        true;  ///< False: folders of the others are not on its machine; it claims nothing of them.
    Timestamp started_at;
    Timestamp heard_at;  ///< When it last said that it lives.

    friend bool operator==(const Node&, const Node&) = default;
};

/// How long a node may be silent before the others give it up.
inline constexpr std::chrono::milliseconds kNodeLease = std::chrono::seconds(30);

/// Who does what only one node may do at a time.
struct Duty {
    Role role = Role::kScheduler;
    NodeId node;
    Timestamp since;

    friend bool operator==(const Duty&, const Duty&) = default;
};

}  // namespace notify
