using Chela.Contracts.Sessions;

namespace Chela.Gateway.Tests.Contracts;

[Trait("Requirement", "B3")]
public sealed class SessionKeyTests
{
    private const string Shape = "session key must be agent:<agent id>:<name>";
    private const string Agent = "the agent id in the session key must match [a-z0-9][a-z0-9_-]{0,63}";
    private const string Blank = "session key must not contain white space or control characters";

    [Theory]
    [InlineData("agent:main:main", "agent:main:main", "main", "main")]
    [InlineData("main", "agent:main:main", "main", "main")]
    [InlineData("MAIN", "agent:main:main", "main", "main")]
    [InlineData("telegram:42", "agent:main:telegram:42", "main", "telegram:42")]
    [InlineData("agent:helper:telegram:direct:42", "agent:helper:telegram:direct:42", "helper", "telegram:direct:42")]
    [InlineData("Agent:Helper:Telegram:Direct:42", "agent:helper:telegram:direct:42", "helper", "telegram:direct:42")]
    [InlineData("agent:0_a-b:x", "agent:0_a-b:x", "0_a-b", "x")]
    [InlineData("agents:main", "agent:main:agents:main", "main", "agents:main")]
    [InlineData("agent", "agent:main:agent", "main", "agent")]
    [InlineData("agent:main:agent:other:x", "agent:main:agent:other:x", "main", "agent:other:x")]
    [InlineData("a/b?c=d&e#f%20", "agent:main:a/b?c=d&e#f%20", "main", "a/b?c=d&e#f%20")]
    [InlineData("Ünïcödé:日本", "agent:main:ünïcödé:日本", "main", "ünïcödé:日本")]
    public void A_key_is_read_in_its_full_and_its_short_form(string text, string value, string agent, string rest)
    {
        var read = SessionKey.TryParse(text, out var key, out var problem);

        Assert.True(read, problem);
        Assert.Equal((value, agent, rest, ""), (key.Value, key.AgentId, key.Rest, problem));
    }

    [Theory]
    [InlineData(null, "session key must not be empty")]
    [InlineData("", "session key must not be empty")]
    [InlineData("agent:", Shape)]
    [InlineData("agent::", Shape)]
    [InlineData("agent::x", Shape)]
    [InlineData("agent:main", Shape)]
    [InlineData("agent:main:", Shape)]
    [InlineData("AGENT:MAIN", Shape)]
    [InlineData("agent:-a:x", Agent)]
    [InlineData("agent:_a:x", Agent)]
    [InlineData("agent:a.b:x", Agent)]
    [InlineData("agent:ä:x", Agent)]
    [InlineData("agent:a/../b:x", Agent)]
    [InlineData(" main", Blank)]
    [InlineData("main ", Blank)]
    [InlineData("ma in", Blank)]
    [InlineData("main\n", Blank)]
    [InlineData("ma\tin", Blank)]
    [InlineData("ma\0in", Blank)]
    [InlineData("main\u007f", Blank)]
    public void What_is_no_key_is_refused_with_a_sentence(string? text, string problem)
    {
        var read = SessionKey.TryParse(text, out var key, out var said);

        Assert.False(read);
        Assert.Equal((problem, default), (said, key));
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void An_agent_id_has_at_most_64_characters(int length, bool fits) =>
        Assert.Equal(fits, SessionKey.TryParse($"agent:{new string('a', length)}:x", out _, out _));

    [Fact]
    public void A_key_too_long_is_refused_before_anything_is_done_with_it()
    {
        var read = SessionKey.TryParse(new string('a', 1_000_000), out _, out var problem);

        Assert.False(read);
        Assert.Equal("session key must not be longer than 512 characters", problem);
    }

    [Fact]
    public void Equal_keys_are_those_with_the_same_full_form()
    {
        var read = SessionKey.TryParse("MAIN", out var spoken, out _);

        Assert.True(read);
        Assert.Equal(SessionKey.Main, spoken);
        Assert.Equal(SessionKey.Main.GetHashCode(), spoken.GetHashCode());
        Assert.Equal("agent:main:main", spoken.ToString());
        Assert.NotEqual(SessionKey.Main, SessionKey.Of("helper", "main"));
    }

    [Fact]
    public void A_key_made_of_parts_that_do_not_fit_is_a_fault_of_the_caller()
    {
        Assert.Throws<ArgumentException>(() => SessionKey.Of("Not An Agent", "main"));
        Assert.Throws<ArgumentException>(() => SessionKey.Of("main", ""));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(20_260_224)]
    public void A_key_read_again_from_its_own_text_is_the_same_key(int seed)
    {
        const string Alphabet = "abcXYZ019:::_-./@+#äÖßΣσςİıéſ日本\ud83d\ude00";
        var random = new Random(seed);

        for (var round = 0; round < 5000; round++)
        {
            var text = (random.Next(3) == 0 ? "agent:" : "") + random.GetString(Alphabet, random.Next(1, 60));
            if (SessionKey.TryParse(text, out var key, out _))
            {
                Assert.True(SessionKey.TryParse(key.Value, out var again, out var problem), $"{text}: {problem}");
                Assert.Equal(key, again);
                Assert.Equal(key, SessionKey.Of(key.AgentId, key.Rest));
            }
        }
    }
}
