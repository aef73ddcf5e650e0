using System.Globalization;
using Chela.Contracts.Errors;

namespace Chela.Gateway.Usage;

/// <summary>The days of a report, and the clock that parts them.</summary>
/// <param name="First">The first day.</param>
/// <param name="Last">The last day.</param>
/// <param name="Zone">Whose midnight counts.</param>
internal sealed record UsageDays(DateOnly First, DateOnly Last, TimeZoneInfo Zone)
{
    private const string DayFormat = "yyyy-MM-dd";

    /// <summary>How many there are.</summary>
    public int Count => Last.DayNumber - First.DayNumber + 1;

    /// <summary>All of them.</summary>
    public IEnumerable<DateOnly> All => Enumerable.Range(0, Count).Select(First.AddDays);

    /// <summary>The days that a caller asks for.</summary>
    /// <param name="query">The call.</param>
    /// <param name="method">Its name, for messages.</param>
    /// <param name="usual">How many days where no first one is named.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="RpcException">There is no such day, or zone, or too many days.</exception>
    public static UsageDays Of(UsageDaysParams query, string method, int usual, TimeProvider time)
    {
        var zone = ZoneOf(query, method, time);
        var today = DateOf(time.GetUtcNow(), zone);
        var last = Read(query.EndDate, "endDate", method) ?? today;
        var first = Read(query.StartDate, "startDate", method) ?? last.AddDays(1 - usual);
        var days = new UsageDays(first, last, zone);
        return days.Count is > 0 and <= UsageLedger.KeptDays
            ? days
            : throw Refused(method, "startDate", $"must not lie behind endDate, nor more than {UsageLedger.KeptDays} days before it");
    }

    /// <summary>On which day that was.</summary>
    public DateOnly DateOf(long atMs) => DateOf(DateTimeOffset.FromUnixTimeMilliseconds(atMs), Zone);

    public static string Text(DateOnly day) => day.ToString(DayFormat, CultureInfo.InvariantCulture);

    private static DateOnly DateOf(DateTimeOffset at, TimeZoneInfo zone) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime);

    private static DateOnly? Read(string? text, string name, string method) => text is null ? null
        : DateOnly.TryParseExact(text, DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day.Year is > 1 and < 9999
            ? day
            : throw Refused(method, name, "must be a day");

    private static TimeZoneInfo ZoneOf(UsageDaysParams query, string method, TimeProvider time)
    {
        if (query.Mode == "gateway")
        {
            return time.LocalTimeZone;
        }

        if (query.TimeZone is { } name)
        {
            return TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : throw Refused(method, "timeZone", "there is no such time zone");
        }

        return query.UtcOffset is { } offset ? OffsetZone(offset, method) : TimeZoneInfo.Utc;
    }

    private static TimeZoneInfo OffsetZone(string text, string method)
    {
        var parts = text[4..].Split(':');
        var minutes = (int.Parse(parts[0], CultureInfo.InvariantCulture) * 60) + (parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0);
        return minutes <= 14 * 60
            ? TimeZoneInfo.CreateCustomTimeZone(text, TimeSpan.FromMinutes(text[3] == '-' ? -minutes : minutes), text, text)
            : throw Refused(method, "utcOffset", "must not be more than 14 hours");
    }

    private static RpcException Refused(string method, string name, string why) => new(RpcErrorKind.InvalidParams, $"invalid {method} params: at /{name}: {why}");
}
