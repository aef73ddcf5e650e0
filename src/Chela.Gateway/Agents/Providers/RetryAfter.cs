using System.Globalization;

namespace Chela.Gateway.Agents.Providers;

/// <summary>Reads how long a provider asks us to wait.</summary>
internal static class RetryAfter
{
    /// <summary>No provider is believed beyond this; a wrong clock on either side must not park a model for a month.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>
    /// The wait from <c>retry-after-ms</c>, or <c>Retry-After</c> in seconds or as a date; null if there is none that makes sense.
    /// </summary>
    public static TimeSpan? Read(string? milliseconds, string? secondsOrDate, DateTimeOffset now)
    {
        if (Number(milliseconds) is { } ms)
        {
            return Bounded(ms / 1000);
        }

        if (Number(secondsOrDate) is { } seconds)
        {
            return Bounded(seconds);
        }

        return DateTimeOffset.TryParse(secondsOrDate, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date)
            ? Bounded((date - now).TotalSeconds)
            : null;
    }

    private static double? Number(string? text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static TimeSpan Bounded(double seconds) => TimeSpan.FromSeconds(Math.Clamp(seconds, 0, Longest.TotalSeconds));
}
