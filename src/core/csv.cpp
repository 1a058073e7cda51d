#include "core/csv.hpp"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/error.hpp"
#include "core/result.hpp"

namespace notify {

namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

std::string_view Trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t");
    const auto last = text.find_last_not_of(" \t");
    return first == std::string_view::npos ? std::string_view() : text.substr(first, last - first + 1);
}

/// Reads on from `at`, which it moves.
class Reader {
public:
    explicit Reader(std::string_view text) : text_(text) {}

    [[nodiscard]] bool AtEnd() const { return at_ >= text_.size(); }

    Result<CsvRow> Row() {
        CsvRow row{.line = line_, .fields = {}};
        while (true) {
            auto field = !AtEnd() && text_[at_] == '"' ? Quoted() : Plain();
            if (!field) {
                return Unexpected(field.error());
            }
            row.fields.push_back(*std::move(field));
            if (AtEnd() || text_[at_] != ',') {
                EndLine();
                return row;
            }
            ++at_;
        }
    }

private:
    [[nodiscard]] static Unexpected Fault(int line, std::string_view what) {
        return Fail(ErrorCode::kInvalidArgument, fmt::format("line {}: {}", line, what));
    }

    [[nodiscard]] bool AtLineEnd() const {
        return AtEnd() || text_[at_] == '\n' || text_.substr(at_).starts_with("\r\n");
    }

    void EndLine() {
        at_ += !AtEnd() && text_[at_] == '\r' ? 2U : 1U;
        ++line_;
    }

    Result<std::string> Plain() {
        std::string field;
        for (; !AtLineEnd() && text_[at_] != ','; ++at_) {
            if (text_[at_] == '"') {
                return Fault(line_, "a quote stands inside a field; quote the whole field and double it");
            }
            field += text_[at_];
        }
        return field;
    }

    Result<std::string> Quoted() {
        std::string field;
        const int began = line_;
        for (++at_; !AtEnd(); ++at_) {
            if (text_[at_] == '"' && !text_.substr(at_ + 1).starts_with('"')) {
                ++at_;
                return AtLineEnd() || text_[at_] == ','
                           ? Result<std::string>(std::move(field))
                           : Fault(line_, "something stands between a closing quote and the next comma");
            }
            at_ += text_[at_] == '"' ? 1U : 0U;  // of two quotes the second is meant
            line_ += text_[at_] == '\n' ? 1 : 0;
            field += text_[at_];
        }
        return Fault(began, "a quote is opened and never closed");
    }

    std::string_view text_;
    std::size_t at_ = 0;
    int line_ = 1;
};

std::string ColumnName(std::string_view field) {
    std::string name(Trimmed(field));
    std::ranges::transform(name, name.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    return name;
}

}  // namespace

Result<std::vector<CsvRow>> ParseCsv(std::string_view text) {
    Reader reader(text.substr(text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0));
    std::vector<CsvRow> rows;
    while (!reader.AtEnd()) {
        auto row = reader.Row();
        if (!row) {
            return Unexpected(row.error());
        }
        if (row->fields.size() > 1 || !row->fields.front().empty()) {
            rows.push_back(*std::move(row));
        }
    }
    return rows;
}

Result<CsvTable> CsvTable::Read(
    std::string_view text,
    std::span<const std::string_view> required,
    std::span<const std::string_view> optional
) {
    auto rows = ParseCsv(text);
    if (!rows) {
        return Unexpected(rows.error());
    }
    if (rows->empty()) {
        return Fail(
            ErrorCode::kInvalidArgument,
            fmt::format("the first line must name the columns: {}", fmt::join(required, ","))
        );
    }
    CsvTable table;
    for (const auto& field : rows->front().fields) {
        auto name = ColumnName(field);
        const bool known = std::ranges::find(required, name) != required.end() ||
                           std::ranges::find(optional, name) != optional.end();
        if (!known || table.columns_.contains(name)) {
            return Fail(
                ErrorCode::kInvalidArgument,
                fmt::format(
                    "line 1: column '{}' {}; there are: {}{}{}",
                    name,
                    known ? "is there twice" : "is not known",
                    fmt::join(required, ","),
                    optional.empty() ? "" : ",",
                    fmt::join(optional, ",")
                )
            );
        }
        table.columns_.emplace(std::move(name), table.columns_.size());
    }
    for (const auto name : required) {
        if (!table.columns_.contains(name)) {
            return Fail(ErrorCode::kInvalidArgument, fmt::format("line 1: the column '{}' is missing", name));
        }
    }
    rows->erase(rows->begin());
    table.rows_ = *std::move(rows);
    return table;
}

std::string_view CsvTable::WholeField(const CsvRow& row, std::string_view column) const {
    const auto found = columns_.find(column);
    return found == columns_.end() || found->second >= row.fields.size()
               ? std::string_view()
               : std::string_view(row.fields[found->second]);
}

std::string_view CsvTable::Field(const CsvRow& row, std::string_view column) const {
    return Trimmed(WholeField(row, column));
}

}  // namespace notify
