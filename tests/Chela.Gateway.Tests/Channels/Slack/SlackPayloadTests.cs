using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Chela.Contracts.Messages;
using Chela.Gateway.Channels.Slack;

namespace Chela.Gateway.Tests.Channels.Slack;

/// <summary>What comes over Socket Mode with all its fields, in the shapes of https://docs.slack.dev/apis/events-api/using-socket-mode.</summary>
[Trait("Requirement", "B2")]
public sealed class SlackPayloadTests
{
    private static readonly SlackIdentity Bot = new() { UserId = "U0BOT", User = "chela" };

    /// <summary>https://docs.slack.dev/reference/events/message</summary>
    [Fact]
    public void A_message_is_read()
    {
        var said = Read("events_api", """
            {"token":"z26u","team_id":"T061EG9R6","api_app_id":"A0PNCHHK2","event":{"client_msg_id":"0837851c-2d34-4d4d-804c-7aed753c3421","type":"message","text":"<@U0BOT> hello &amp; welcome",
            "user":"U2147483697","ts":"1355517523.000005","team":"T061EG9R6","blocks":[{"type":"rich_text","block_id":"7/i8g","elements":[{"type":"rich_text_section","elements":[
            {"type":"user","user_id":"U0BOT"},{"type":"text","text":" hello & welcome"}]}]}],"channel":"C024BE91L","event_ts":"1355517523.000005","channel_type":"channel"},"type":"event_callback",
            "event_id":"Ev0PV52K21","event_time":1355517523,"authorizations":[{"enterprise_id":null,"team_id":"T061EG9R6","user_id":"U0BOT","is_bot":true,"is_enterprise_install":false}],
            "is_ext_shared_channel":false,"context_team_id":"T061EG9R6","context_enterprise_id":null,"event_context":"4-eyJl"}
            """, SlackJson.Default.SlackCallback);

        var message = SlackEvents.MessageOf(said.Event!, "work", Bot)!;

        Assert.Equal(("slack:work:C024BE91L:1355517523.000005", "U2147483697", "hello & welcome", true), (message.RunId, message.SenderId, message.Content, message.IsMention));
        Assert.Equal((new Peer(PeerKind.Channel, "C024BE91L"), 1_355_517_523_000), (message.Origin.Peer, message.TimestampMs));
    }

    /// <summary>https://docs.slack.dev/interactivity/implementing-slash-commands</summary>
    [Fact]
    public void A_command_is_read()
    {
        var command = Read("slash_commands", """
            {"token":"gIku","team_id":"T0001","team_domain":"example","enterprise_id":"E0001","enterprise_name":"Us","channel_id":"C2147483705","channel_name":"test","user_id":"U2147483697",
            "user_name":"Anna","command":"/weather","text":"94070","api_app_id":"A123456","is_enterprise_install":"false","response_url":"https://hooks.slack.com/commands/1234/5678",
            "trigger_id":"13345224609.738474920.8088930838d88f008e0"}
            """, SlackJson.Default.SlashCommand);

        var message = SlackEvents.MessageOf(command, "work", Bot, 5)!;

        Assert.Equal(("slack:work:C2147483705:13345224609.738474920.8088930838d88f008e0", "U2147483697", "Anna", "94070"), (message.RunId, message.SenderId, message.SenderName, message.Content));
    }

    /// <summary>https://docs.slack.dev/reference/interaction-payloads/block_actions-payload</summary>
    [Fact]
    public void A_button_is_read()
    {
        var pressed = Read("interactive", """
            {"type":"block_actions","team":{"id":"T9TK3CUKW","domain":"example"},"user":{"id":"UA8RXUSPL","username":"anna","name":"anna","team_id":"T9TK3CUKW"},"api_app_id":"AABA1ABCD","token":"9s8d",
            "container":{"type":"message","message_ts":"1548261231.000200","channel_id":"CBR2V3XEX","is_ephemeral":false},"trigger_id":"12321423423.333649436676.d8c1bb","channel":{"id":"CBR2V3XEX","name":"us"},
            "message":{"bot_id":"BAH5CA16Z","type":"message","text":"Well?","user":"U0BOT","ts":"1548261231.000200","blocks":[{"type":"actions","block_id":"=qXel","elements":[]}]},"enterprise":null,
            "is_enterprise_install":false,"state":{"values":{}},"response_url":"https://hooks.slack.com/actions/AABA1ABCD/1232321423432/D09s","actions":[{"action_id":"WaXA","block_id":"=qXel",
            "text":{"type":"plain_text","text":"No","emoji":true},"value":"/approve A deny","style":"danger","type":"button","action_ts":"1548426417.840180"}]}
            """, SlackJson.Default.SlackInteraction);

        var message = SlackEvents.MessageOf(pressed, "work", 5)!;

        Assert.Equal(("slack:work:CBR2V3XEX:press:1548426417.840180", "UA8RXUSPL", "/approve A deny"), (message.RunId, message.SenderId, message.Content));
    }

    /// <summary>The payload of an envelope.</summary>
    private static T Read<T>(string type, string payload, JsonTypeInfo<T> shape)
    {
        var json = $$"""{"envelope_id":"dbdd0ef3-1543-4f94-bfb4-133d0e6c1545","payload":{{payload}},"type":"{{type}}","accepts_response_payload":false,"retry_attempt":0,"retry_reason":""}""";
        var envelope = JsonSerializer.Deserialize(json, SlackJson.Default.SlackEnvelope)!;
        Assert.Equal(("dbdd0ef3-1543-4f94-bfb4-133d0e6c1545", type), (envelope.EnvelopeId, envelope.Type));
        return envelope.Payload!.Value.Deserialize(shape)!;
    }
}
