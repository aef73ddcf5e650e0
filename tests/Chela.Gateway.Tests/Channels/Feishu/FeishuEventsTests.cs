using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Contracts.Messages;
using Chela.Gateway.Channels.Feishu;

namespace Chela.Gateway.Tests.Channels.Feishu;

/// <summary>What Feishu tells, as its documentation shows it, becomes messages.</summary>
[Trait("Requirement", "B2")]
public sealed class FeishuEventsTests
{
    private static readonly FeishuBot Bot = new() { OpenId = "ou_bot" };

    [Fact]
    public void A_private_message_has_the_person_as_peer_and_is_answered_in_its_chat()
    {
        var message = Read("p2p", "text", """{"text":"hello"}""")!.Value.Message;

        Assert.Equal(("feishu:work:oc_1:om_2", "ou_anna", "hello", 1_700_000_000_000), (message.RunId, message.SenderId, message.Content, message.TimestampMs));
        Assert.Equal(new Peer(PeerKind.Direct, "ou_anna"), message.Origin.Peer);
        Assert.Equal(new ReplyTarget("feishu", "work", "oc_1"), message.ReplyTo);
    }

    [Theory]
    [InlineData("@_user_1 what now", "what now", true)]
    [InlineData("@_user_1 /status", "/status", true)]
    [InlineData("what now @_user_1", "what now @Chela", true)]
    [InlineData("@_user_2 what now", "@Bob what now", true)] // it is named all the same
    [InlineData("@_user_1", "@Chela", true)]
    [InlineData("@_user_12 and @_user_2", "@_user_12 and @Bob", true)]
    public void The_name_of_the_bot_calls_it_and_is_taken_off_in_front(string text, string content, bool isMention)
    {
        const string Mentions = """[{"key":"@_user_1","id":{"open_id":"ou_bot"},"name":"Chela"},{"key":"@_user_2","id":{"open_id":"ou_bob"},"name":"Bob"}]""";
        var message = Read("group", "text", new JsonObject { ["text"] = text }.ToJsonString(), Mentions)!.Value.Message;

        Assert.Equal((content, isMention, new Peer(PeerKind.Group, "oc_1")), (message.Content, message.IsMention, message.Origin.Peer));
    }

    [Fact]
    public void A_post_becomes_markdown_and_brings_its_files()
    {
        var (message, files) = Read("p2p", "post", """
            {"title":"Plan","content":[[{"tag":"text","text":"see "},{"tag":"a","href":"https://example.org","text":"here"},{"tag":"at","user_id":"@_user_1","user_name":"Chela"}],
            [{"tag":"img","image_key":"img_1"}],[{"tag":"code_block","language":"GO","text":"x := 1\n"}],[{"tag":"media","file_key":"file_1","image_key":"img_2"}]]}
            """)!.Value;

        Assert.Equal("Plan\nsee [here](https://example.org)@_user_1\n[photo]\n```go\nx := 1\n```\n[video]", message.Content);
        Assert.Equal([new FeishuFile("om_2", "img_1", "image", null), new FeishuFile("om_2", "file_1", "file", null)], files);
    }

    [Theory]
    [InlineData("user", "sticker", """{"file_key":"s"}""")]
    [InlineData("user", "text", """{"text":"  "}""")]
    [InlineData("user", "text", "{}")]
    [InlineData("app", "text", """{"text":"I am a bot"}""")]
    public void What_nobody_says_is_no_message(string sender, string type, string content) => Assert.Null(Read("p2p", type, content, sender: sender));

    [Fact]
    public void A_thread_goes_by_its_first_message()
    {
        var first = Read("group", "text", """{"text":"a"}""", more: ""","thread_id":"omt_1" """)!.Value.Message;
        var later = Read("group", "text", """{"text":"b"}""", more: ""","thread_id":"omt_1","root_id":"om_2" """)!.Value.Message;
        var reply = Read("group", "text", """{"text":"c"}""", more: ""","root_id":"om_2" """)!.Value.Message;

        Assert.Equal(("om_2", "om_2", null), (first.ReplyTo!.Thread, later.ReplyTo!.Thread, reply.ReplyTo!.Thread));
        Assert.Equal(("om_2", "om_2", null), (first.Origin.Thread?.Id, later.Origin.Thread?.Id, reply.Origin.Thread?.Id));
    }

    private static Heard? Read(string chat, string type, string content, string mentions = "[]", string sender = "user", string more = "")
    {
        var json = $$"""
            {"sender":{"sender_id":{"open_id":"ou_anna"},"sender_type":"{{sender}}"},"message":{"message_id":"om_2","chat_id":"oc_1","chat_type":"{{chat}}",
            "create_time":"1700000000000","message_type":"{{type}}","content":{{JsonValue.Create(content).ToJsonString()}},"mentions":{{mentions}}{{more}}} }
            """;
        return FeishuEvents.MessageOf(JsonSerializer.Deserialize(json, FeishuJson.Default.FeishuReceived)!, "work", Bot);
    }
}
