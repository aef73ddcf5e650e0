using Chela.Gateway.Schema;

namespace Chela.Gateway.Tests.Schema;

[Trait("Requirement", "A5")]
public sealed class NearestNameTests
{
    private static readonly string[] Known = ["port", "bind", "auth", "limits", "tickIntervalMs", "id"];

    [Theory]
    [InlineData("prot", "port")]
    [InlineData("por", "port")]
    [InlineData("ports", "port")]
    [InlineData("BIND", "bind")]
    [InlineData("limit", "limits")]
    [InlineData("tickIntervallMs", "tickIntervalMs")]
    [InlineData("xy", null)]
    [InlineData("", null)]
    [InlineData("channels", null)]
    public void The_nearest_name_is_at_most_two_edits_away(string given, string? nearest) =>
        Assert.Equal(nearest, NearestName.Find(given, Known));
}
