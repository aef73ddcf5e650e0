using Chela.Contracts.Sessions;
using static Chela.Contracts.Sessions.SessionKind;

namespace Chela.Gateway.Tests.Contracts;

[Trait("Requirement", "B3")]
public sealed class SessionKeyFormTests
{
    [Theory]
    [InlineData("main", Named, null, null, "main")]
    [InlineData("direct:42", Direct, null, null, "42")]
    [InlineData("telegram:direct:42", Direct, "telegram", null, "42")]
    [InlineData("webhook:desk:direct:anna", Direct, "webhook", "desk", "anna")]
    [InlineData("telegram:group:-100", Group, "telegram", null, "-100")]
    [InlineData("slack:work:group:g1", Group, "slack", "work", "g1")]
    [InlineData("discord:channel:c1", Channel, "discord", null, "c1")]
    [InlineData("matrix:channel:!a:example.org", Channel, "matrix", null, "!a:example.org")]
    [InlineData("telegram:42", Named, "telegram", null, "42")]
    [InlineData("cron:daily:run:r1", Cron, null, null, "daily:run:r1")]
    [InlineData("subagent:u", Subagent, null, null, "u")]
    [InlineData("acp:u", Acp, null, null, "u")]
    [InlineData("hook:u", Hook, null, null, "u")]
    [InlineData("explicit:nightly", Explicit, null, null, "nightly")]
    [InlineData("dashboard:one", Dashboard, null, null, "one")]
    [InlineData("session:group:x", Named, null, null, "session:group:x")]
    [InlineData("telegram:direct:", Named, "telegram", null, "direct:")]
    [InlineData(":direct:x", Named, null, null, ":direct:x")]
    public void A_key_says_what_its_session_is_for(string rest, SessionKind kind, string? channel, string? account, string id)
    {
        var form = Of(rest);

        Assert.Equal(new SessionKeyForm(kind, id) { Channel = channel, Account = account }, form);
        Assert.Equal(rest, form.ToString());
    }

    [Theory]
    [InlineData("telegram:group:-100:topic:7", Group, "-100", "7", true)]
    [InlineData("slack:channel:c1:thread:17.5", Channel, "c1", "17.5", false)]
    [InlineData("slack:work:direct:u1:thread:t", Direct, "u1", "t", false)]
    [InlineData("direct:u1:thread:t", Direct, "u1", "t", false)]
    [InlineData("main:thread:t", Named, "main", "t", false)]
    public void A_thread_is_a_part_of_the_conversation_around_it(string rest, SessionKind kind, string id, string thread, bool isTopic)
    {
        var form = Of(rest);

        Assert.Equal((kind, id, new SessionThread(thread, isTopic)), (form.Kind, form.Id, form.InThread));
        Assert.Equal(rest, form.ToString());
    }

    [Theory]
    [InlineData("telegram:dm:42", "telegram:direct:42")]
    [InlineData("dm:42", "direct:42")]
    [InlineData("webhook:desk:DM:anna:thread:1", "webhook:desk:direct:anna:thread:1")]
    [InlineData("x:dm:dm:y", "x:dm:direct:y")]
    [InlineData("x:group:dm:y", "x:group:direct:y")]
    [InlineData("x:group:dm", "x:group:dm")]
    [InlineData("x:y:z:dm:q", "x:y:z:dm:q")]
    public void The_old_word_for_a_direct_conversation_names_the_same_session(string text, string rest)
    {
        Assert.True(SessionKey.TryParse(text, out var key, out _));
        Assert.Equal(rest, key.Rest);
    }

    [Fact]
    public void A_key_that_its_new_word_makes_too_long_is_refused()
    {
        var longest = $"agent:main:x:dm:{new string('a', SessionKey.MaxLength - 16)}";

        Assert.Equal(SessionKey.MaxLength, longest.Length);
        Assert.False(SessionKey.TryParse(longest, out var key, out var problem));
        Assert.Equal((default, "session key must not be longer than 512 characters"), (key, problem));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20_261_125)]
    public void Whatever_the_words_a_form_gives_its_text_back_and_is_read_from_it_again(int seed)
    {
        string[] words = ["main", "direct", "dm", "group", "channel", "thread", "topic", "cron", "hook", "session", "agent", "x", "-100", "", "日本", "~"];
        var random = new Random(seed);
        for (var round = 0; round < 20_000; round++)
        {
            var text = string.Join(':', Enumerable.Range(0, random.Next(1, 8)).Select(_ => words[random.Next(words.Length)]));
            if (SessionKey.TryParse($"agent:a:{text}", out var key, out _))
            {
                var form = SessionKeyForm.Of(key);
                Assert.Equal(key.Rest, form.ToString());
                Assert.Equal(key, SessionKey.Of("a", form.ToString()));
                Assert.Equal(form, SessionKeyForm.Of(SessionKey.Of("a", form.ToString())));
            }
        }
    }

    private static SessionKeyForm Of(string rest) => SessionKeyForm.Of(SessionKey.Of("main", rest));
}
