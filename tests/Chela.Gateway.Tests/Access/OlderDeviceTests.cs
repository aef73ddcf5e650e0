using System.Text.Json;
using System.Text.Json.Nodes;
using Chela.Gateway.Tests.EndToEnd;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Access;

/// <summary>Devices that speak protocol 3: how they sign, and in which words they are refused.</summary>
[Trait("Requirement", "W5")]
[Trait("Requirement", "A2")]
public sealed class OlderDeviceTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private static readonly (string, string) ThroughAProxy = ("X-Forwarded-For", "203.0.113.7");
    private static readonly (string, string) FromAPage = ("Origin", "http://127.0.0.1:1");

    [Fact]
    public async Task A_signature_without_a_nonce_is_good_from_this_machine()
    {
        var (client, answer) = await ConnectAsync("v1", TimeSpan.Zero);
        await using var _ = client;

        Assert.Equal(("hello-ok", "3"), (answer.Text("payload/type"), answer.Text("payload/protocol")));
    }

    [Fact]
    public async Task A_signature_without_a_nonce_is_refused_through_a_proxy()
    {
        var (client, answer) = await ConnectAsync("v1", TimeSpan.Zero, headers: ThroughAProxy);
        await using var _ = client;

        Assert.Equal("""{"code":"INVALID_REQUEST","message":"device nonce required"}""", answer.Text("error"));
        Assert.Equal((1008, "device nonce required"), await client.ClosedAsync());
    }

    [Fact]
    public async Task A_signature_without_a_nonce_is_refused_in_protocol_4()
    {
        var (client, answer) = await ConnectAsync("v1", TimeSpan.Zero, protocol: 4);
        await using var _ = client;

        Assert.Equal("DEVICE_AUTH_NONCE_REQUIRED", answer.Text("error/details/code"));
    }

    /// <summary>Five minutes are too much for protocol 4.</summary>
    [Theory]
    [InlineData(3, "hello-ok", null)]
    [InlineData(4, null, "device signature expired")]
    public async Task Its_clock_may_be_wrong_by_ten_minutes(int protocol, string? hello, string? refusal)
    {
        var (client, answer) = await ConnectAsync("v2", TimeSpan.FromMinutes(5), protocol);
        await using var _ = client;

        Assert.Equal((hello, refusal), (answer.Text("payload/type"), answer.Text("error/message")));
    }

    [Fact]
    public async Task A_device_that_has_to_wait_hears_two_words_and_an_id()
    {
        var (client, answer) = await ConnectAsync("v2", TimeSpan.Zero, headers: FromAPage);
        await using var _ = client;

        Assert.Equal("pairing required", answer.Text("error/message"));
        Assert.NotNull(answer.Text("error/details/requestId"));
        Assert.Equal((1008, "pairing required"), await client.ClosedAsync());
    }

    [Fact]
    public async Task A_control_ui_without_a_device_hears_why()
    {
        await using var client = await WireClient.OpenAsync(fixture.Gateway.Url + "/", FromAPage);
        var connect = OpenClawWire.ConnectParams(fixture.Gateway.Token);
        connect["maxProtocol"] = 3;
        connect["client"]!["id"] = "openclaw-control-ui";

        await client.SendAsync(OpenClawWire.Request("c", "connect", connect));
        var answer = await client.AnswerAsync("c");

        Assert.Equal("control ui requires HTTPS or localhost (secure context)", answer.Text("error/message"));
    }

    private Task<(WireClient Client, JsonElement Answer)> ConnectAsync(
        string version, TimeSpan clock, int protocol = 3, params (string Name, string Value)[] headers)
    {
        var device = new TestDevice { Client = new TestClient { Protocol = protocol } };
        return device.ConnectAsync(fixture.Gateway, ("token", fixture.Gateway.Token), ["operator.read"], Sign, headers);

        void Sign(JsonObject connect)
        {
            device.Sign(connect, $"{connect["device"]!["nonce"]}", version, clock);
            if (version != "v1")
            {
                return;
            }

            if (protocol == 3)
            {
                connect["device"]!.AsObject().Remove("nonce");
            }
            else
            {
                connect["device"]!["nonce"] = ""; // the member has to be there
            }
        }
    }
}
