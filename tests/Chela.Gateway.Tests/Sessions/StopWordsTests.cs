using Chela.Gateway.Sessions;

namespace Chela.Gateway.Tests.Sessions;

/// <summary>The words by which people stop what runs, of both generations of OpenClaw.</summary>
[Trait("Requirement", "B6")]
public sealed class StopWordsTests
{
    [Theory]
    [InlineData("stop")]
    [InlineData(" STOP!!! ")]
    [InlineData("wait")]
    [InlineData("Please  stop.")]
    [InlineData("stop openclaw")]
    [InlineData("Stop don’t do anything")]
    [InlineData("do not do that")]
    [InlineData("\"stop\"", false)]
    [InlineData("hoer auf")]
    [InlineData("Detén")]
    [InlineData("Прекрати!")]
    [InlineData("停下来。")]
    [InlineData("रुको")]
    [InlineData("stop sign", false)]
    [InlineData("don't stop", false)]
    [InlineData("", false)]
    public void Only_a_whole_message_that_says_stop_is_one(string message, bool isOne = true) => Assert.Equal(isOne, StopWords.IsOne(message));
}
