using Chela.Gateway.Config;

namespace Chela.Gateway.Tests.Config;

[Trait("Requirement", "B4")]
public sealed class ThinkingLevelsTests
{
    [Theory]
    [InlineData("off", "off")]
    [InlineData("minimal", "minimal")]
    [InlineData("adaptive", "medium")]
    [InlineData("high", "high")]
    [InlineData("xhigh", "high")]
    [InlineData("ultra", "high")]
    public void What_a_model_does_not_have_becomes_the_nearest_below(string wanted, string level) =>
        Assert.Equal(level, ThinkingLevels.Nearest(wanted, ThinkingLevels.Of(reasoning: true)));

    [Theory]
    [InlineData(false)]
    [InlineData(null)]
    public void A_model_of_which_it_is_not_known_has_only_off(bool? reasoning) =>
        Assert.Equal("off", ThinkingLevels.Nearest("high", ThinkingLevels.Of(reasoning)));
}
