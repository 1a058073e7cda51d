#pragma once

// Tables as people export them: RFC 4180 with a line of column names.

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace notify {

struct CsvRow {
    int line = 0;  ///< Where it begins in the text, from 1.
    std::vector<std::string> fields;
};

/// The rows of a text: fields separated by commas, quoted or not; lines end with LF or CRLF; a byte order
/// mark before the first and empty lines are left out. kInvalidArgument, with the line, for a quote that is
/// never closed or stands where none may.
[[nodiscard]] Result<std::vector<CsvRow>> ParseCsv(std::string_view text);

/// Rows whose fields are asked for by the names in the first line. Immutable.
class CsvTable final {
public:
    /// Names are taken in any case and order. kInvalidArgument when there is no first line, one of
    /// `required` is missing, or a name is there twice or neither in `required` nor in `optional`; and as
    /// ParseCsv.
    [[nodiscard]] static Result<CsvTable> Read(
        std::string_view text,
        std::span<const std::string_view> required,
        std::span<const std::string_view> optional
    );

    [[nodiscard]] const std::vector<CsvRow>& Rows() const noexcept { return rows_; }

    /// The row's field in that column without blanks at its ends; "" when it has none.
    [[nodiscard]] std::string_view Field(const CsvRow& row, std::string_view column) const;

    /// The same as it stands there: of keys blanks are a part.
    [[nodiscard]] std::string_view WholeField(const CsvRow& row, std::string_view column) const;

    /// True of a row with more fields than there are names.
    [[nodiscard]] bool IsTooLong(const CsvRow& row) const noexcept {
        return row.fields.size() > columns_.size();
    }

private:
    std::map<std::string, std::size_t, std::less<>> columns_;
    std::vector<CsvRow> rows_;
};

}  // namespace notify
