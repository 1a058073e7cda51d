#include "storage/copy/copy_state.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/failpoint.hpp"
#include "core/hash.hpp"
#include "core/result.hpp"
#include "storage/copy/row.hpp"
#include "storage/copy/row_store.hpp"

namespace notify::copy {

namespace {

constexpr std::int64_t kTellEvery = 100'000;

// of the nodes that run on a database, and of the database itself
constexpr std::array<std::string_view, 4> kLeftOut{"schema_version", "node", "duty", "scanning"};
// have a row, or rows, before there is a state
constexpr std::array<std::string_view, 4> kFilledWhenMade{
    "sealed_with", "gallery_version", "face_state", "event_state"
};

template <class Names>
bool IsOneOf(const Names& names, const Table& table) {
    return std::ranges::find(names, table.name) != names.end();
}

/// Ends between two rows when it is to stop.
class Stoppable final : public RowSource {
public:
    Stoppable(RowSource& rows, std::stop_token stop) : rows_(rows), stop_(std::move(stop)) {}

    Result<void> Read(const Table& table, const TakeRow& take) override {
        return rows_.Read(table, [&](std::string_view row) {
            return stop_.stop_requested() ? Fail(ErrorCode::kStopped, "stopped while the state was copied")
                                          : take(row);
        });
    }

    Result<std::int64_t> LastNumber(const Table& table) override { return rows_.LastNumber(table); }

private:
    RowSource& rows_;
    const std::stop_token stop_;
};

class RowsSeen {
public:
    void Add(std::string_view row) {
        digest_.Add(row);
        ++rows_;
    }

    [[nodiscard]] std::int64_t Rows() const noexcept { return rows_; }

    [[nodiscard]] Contents Finish() { return {.rows = rows_, .sha256 = digest_.FinishHex()}; }

private:
    Sha256 digest_;
    std::int64_t rows_ = 0;
};

Result<Contents> ContentsOf(RowSource& store, const Table& table) {
    RowsSeen seen;
    return store
        .Read(
            table,
            [&](std::string_view row) {
                seen.Add(row);
                return Result<void>{};
            }
        )
        .map([&] { return seen.Finish(); });
}

Result<bool> HoldsAState(RowStore& store, const std::vector<Table>& tables) {
    for (const auto& table : tables) {
        const auto has = IsOneOf(kFilledWhenMade, table) ? Result<bool>(false) : store.HasRows(table);
        if (!has || *has) {
            return has;
        }
    }
    return false;
}

Result<void> CompareWithWhatIsThere(RowSource& from, RowStore& into, const std::vector<Table>& tables) {
    for (const auto& table : tables) {
        const auto here = ContentsOf(from, table);
        const auto there = here ? ContentsOf(into, table) : here;
        if (!there) {
            return Unexpected(there.error());
        }
        if (*here != *there) {
            return Fail(
                ErrorCode::kConflict,
                fmt::format(
                    "the database that is to be filled holds something already ({} rows of {}, here are {}); "
                    "name "
                    "an empty database",
                    there->rows,
                    table.name,
                    here->rows
                )
            );
        }
    }
    return {};
}

Result<void> TryAll(RowSource& from, RowStore& into, const std::vector<Table>& tables) {
    for (const auto& table : tables) {
        auto tried = from.Read(table, [&](std::string_view row) { return into.TryRow(table, row); });
        if (!tried) {
            return tried;
        }
    }
    return {};
}

Result<void> CopyTable(RowSource& from, RowStore& into, const Table& table, const Progress& progress) {
    RowsSeen seen;
    const auto give = [&](const TakeRow& take) {
        return from.Read(table, [&](std::string_view row) {
            seen.Add(row);
            if (seen.Rows() % kTellEvery == 0) {
                progress(table.name, seen.Rows());
            }
            return take(row);
        });
    };
    const auto there = into.Clear(table).and_then([&] { return into.Write(table, give); }).and_then([&] {
        return ContentsOf(into, table);
    });
    if (!there) {
        return Unexpected(there.error().Within(fmt::format("copy {}", table.name)));
    }
    const auto given = seen.Finish();
    if (*there != given) {
        return Fail(
            ErrorCode::kInternal,
            fmt::format(
                "{} rows of {} were copied, {} are there and they are not the same",
                given.rows,
                table.name,
                there->rows
            )
        );
    }
    progress(table.name, given.rows);
    FailPoint("table_copied");
    return from.LastNumber(table).and_then([&](std::int64_t number) {
        return number == 0 ? Result<void>{} : into.GoOnBehind(table, number);
    });
}

}  // namespace

Result<void> CopyState(
    RowSource& from,
    RowStore& into,
    const std::vector<Table>& tables,
    const Progress& progress,
    const std::stop_token& stop
) {
    Stoppable stoppable(from, stop);
    auto copied = tables;
    std::erase_if(copied, [](const Table& table) { return IsOneOf(kLeftOut, table); });
    const auto holds = HoldsAState(into, copied);
    if (!holds) {
        return Unexpected(holds.error());
    }
    if (*holds) {
        return CompareWithWhatIsThere(stoppable, into, copied);
    }
    auto outcome = into.TakesAnyRow() ? Result<void>{} : TryAll(stoppable, into, copied);
    for (auto table = copied.begin(); outcome && table != copied.end(); ++table) {
        outcome = CopyTable(stoppable, into, *table, progress);
    }
    return outcome;
}

}  // namespace notify::copy
