using System.Text.Json;
using Chela.Contracts.Messages;
using Chela.Gateway.Channels.Feishu;

namespace Chela.Gateway.Tests.Channels.Feishu;

/// <summary>Events with all their fields, in the shapes of Feishu's documentation.</summary>
[Trait("Requirement", "B2")]
public sealed class FeishuPayloadTests
{
    private const string Ids = """{"union_id":"on_8ed6","user_id":"e33ggbyz","open_id":"ou_84aa"}""";

    /// <summary>https://open.feishu.cn/document/server-docs/im-v1/message/events/receive</summary>
    [Fact]
    public void A_message_is_read()
    {
        var said = Read($$"""
            {"schema":"2.0","header":{"event_id":"5e3702a8","event_type":"im.message.receive_v1","create_time":"1608725989000","token":"a-token","app_id":"cli_9f53","tenant_key":"2ca1"},
            "event":{"sender":{"sender_id":{{Ids}},"sender_type":"user","tenant_key":"736588c9260f175e"},"message":{"message_id":"om_5ce6","root_id":"om_root","parent_id":"om_parent",
            "create_time":"1609073151345","update_time":"1687343654666","chat_id":"oc_5ce6","thread_id":"omt_d4be","chat_type":"group","message_type":"text",
            "content":"{\"text\":\"@_user_1 hello\"}","mentions":[{"key":"@_user_1","id":{"union_id":"on_b","user_id":"","open_id":"ou_bot"},"name":"Chela","tenant_key":"736588c9260f175e"}],
            "user_agent":"Mozilla/5.0"} } }
            """);

        var message = FeishuEvents.MessageOf(said.Event!.Value.Deserialize(FeishuJson.Default.FeishuReceived)!, "work", new FeishuBot { OpenId = "ou_bot" })!.Value.Message;

        Assert.Equal(("5e3702a8", "im.message.receive_v1", "a-token"), (said.Header!.EventId, said.Header.EventType, said.Header.Token));
        Assert.Equal(("feishu:work:oc_5ce6:om_5ce6", "ou_84aa", "hello", true, 1_609_073_151_345), (message.RunId, message.SenderId, message.Content, message.IsMention, message.TimestampMs));
        Assert.Equal("om_root", message.ReplyTo!.Thread);
    }

    /// <summary>https://open.feishu.cn/document/feishu-cards/card-callback-communication</summary>
    [Fact]
    public void A_button_is_read()
    {
        var pressed = Read("""
            {"schema":"2.0","header":{"event_id":"f7984f25","token":"a-token","create_time":"1603977298000000","event_type":"card.action.trigger","tenant_key":"2df7","app_id":"cli_9f53"},
            "event":{"operator":{"tenant_key":"2df7","user_id":"867","union_id":"on_8ed6","open_id":"ou_84aa"},"token":"c-295e","action":{"value":{"command":"/approve A deny","kind":"Group"},
            "tag":"button","timezone":"Asia/Shanghai","name":"Button_1"},"host":"im_message","delivery_type":"url_preview","context":{"url":"","preview_token":"","open_message_id":"om_574d","open_chat_id":"oc_c78a"}}}
            """);

        var message = FeishuEvents.MessageOf(pressed.Event!.Value.Deserialize(FeishuJson.Default.FeishuPressed)!, pressed.Header!.EventId!, "work", 5)!.Value.Message;

        Assert.Equal(("feishu:work:oc_c78a:press:f7984f25", "ou_84aa", "/approve A deny"), (message.RunId, message.SenderId, message.Content));
        Assert.Equal(new Peer(PeerKind.Group, "oc_c78a"), message.Origin.Peer);
    }

    private static FeishuEvent Read(string json) => JsonSerializer.Deserialize(json, FeishuJson.Default.FeishuEvent)!;
}
