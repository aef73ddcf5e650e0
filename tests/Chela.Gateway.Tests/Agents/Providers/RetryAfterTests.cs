using System.Globalization;
using Chela.Gateway.Agents.Providers;

namespace Chela.Gateway.Tests.Agents.Providers;

[Trait("Requirement", "G5")]
public sealed class RetryAfterTests
{
    [Theory]
    [InlineData(null, "20", 20.0)]
    [InlineData(null, "0", 0.0)]
    [InlineData(null, "1.5", 1.5)]
    [InlineData("1500", "20", 1.5)]
    [InlineData("soon", "20", 20.0)]
    [InlineData(null, "Thu, 01 Jan 2026 00:00:30 GMT", 30.0)]
    [InlineData(null, "Wed, 31 Dec 2025 00:00:00 GMT", 0.0)]
    [InlineData(null, "999999999999", 86400.0)]
    [InlineData(null, "-3", null)]
    [InlineData(null, "tomorrow", null)]
    [InlineData(null, null, null)]
    public void A_wait_is_read_from_either_header(string? milliseconds, string? secondsOrDate, double? expected)
    {
        var now = DateTimeOffset.Parse("2026-01-01T00:00:00Z", CultureInfo.InvariantCulture);

        Assert.Equal(expected, RetryAfter.Read(milliseconds, secondsOrDate, now)?.TotalSeconds);
    }
}
