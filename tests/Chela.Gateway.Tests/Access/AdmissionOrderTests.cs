using System.Text.Json.Nodes;
using Chela.Gateway.Tests.EndToEnd;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Access;

/// <summary>Where two things are wrong with a <c>connect</c> at once, the client hears of the one that comes first in the protocol's order.</summary>
[Trait("Requirement", "W5")]
[Trait("Requirement", "A1")]
public sealed class AdmissionOrderTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    /// <summary>What can be wrong, in the order in which it is looked at, with what is said of it.</summary>
    private static readonly (string Fault, string Said)[] Order =
    [
        ("shape", "invalid connect params"),
        ("version", "PROTOCOL_MISMATCH"),
        ("role", "invalid role"),
        ("origin", "CONTROL_UI_ORIGIN_NOT_ALLOWED"),
        ("proof", "DEVICE_AUTH_SIGNATURE_INVALID"),
        ("credential", "AUTH_BOOTSTRAP_TOKEN_INVALID"),
        ("pairing", "PAIRING_REQUIRED"),
    ];

    public static TheoryData<string, string> Pairs => [.. from first in Order from second in Order select (first.Fault, second.Fault)];

    [Theory]
    [MemberData(nameof(Pairs))]
    public async Task The_first_fault_is_the_one_that_is_told(string one, string other)
    {
        string[] faults = [one, other];
        var expected = Order.First(step => faults.Contains(step.Fault)).Said;

        var (client, answer) = await ConnectAsync(faults);
        await using var _ = client;

        Assert.Contains(expected, answer, StringComparison.Ordinal);
    }

    /// <summary>The row of a Control UI without a device stands before the judgement on its secret.</summary>
    [Theory]
    [InlineData("openclaw-control-ui", "ui", "operator", "wrong", "CONTROL_UI_DEVICE_IDENTITY_REQUIRED")]
    [InlineData("openclaw-control-ui", "ui", "operator", null, "CONTROL_UI_DEVICE_IDENTITY_REQUIRED")]
    [InlineData("openclaw-control-ui", "ui", "operator", "right", "CONTROL_UI_DEVICE_IDENTITY_REQUIRED")]
    [InlineData("openclaw-tui", "ui", "operator", "right", "CONTROL_UI_DEVICE_IDENTITY_REQUIRED")]
    [InlineData("cli", "cli", "operator", "wrong", "AUTH_TOKEN_MISMATCH")]
    [InlineData("cli", "cli", "operator", null, "DEVICE_IDENTITY_REQUIRED")]
    [InlineData("webchat", "webchat", "operator", "wrong", "AUTH_TOKEN_MISMATCH")]
    [InlineData("webchat", "webchat", "operator", null, "DEVICE_IDENTITY_REQUIRED")]
    [InlineData("node-host", "node", "node", "right", "DEVICE_IDENTITY_REQUIRED")]
    [InlineData("node-host", "node", "node", "wrong", "DEVICE_IDENTITY_REQUIRED")]
    [InlineData("node-host", "node", "node", null, "DEVICE_IDENTITY_REQUIRED")]
    [InlineData("openclaw-probe", "probe", "operator", "wrong", "AUTH_TOKEN_MISMATCH")]
    public async Task A_client_without_a_device_is_refused_by_what_it_is(string id, string mode, string role, string? secret, string code)
    {
        (string, string)[] headers = id == "openclaw-control-ui" ? [("Origin", "http://127.0.0.1:1")] : []; // else it fails for want of an origin
        await using var client = await WireClient.OpenAsync(fixture.Gateway.Url + "/", headers);
        var connect = Without(id, mode, role, secret);

        await client.SendAsync(OpenClawWire.Request("c", "connect", connect));
        var answer = await client.AnswerAsync("c");

        Assert.Equal(code, answer.Text("error/details/code"));
        Assert.Equal(1008, (await client.ClosedAsync()).Code);
    }

    /// <summary>Declared scopes are ignored unless the client is one of the two local programs that keep them.</summary>
    [Theory]
    [InlineData("cli", "cli", true)]
    [InlineData("gateway-client", "backend", true)]
    [InlineData("cli", "probe", false)]
    [InlineData("gateway-client", "ui", false)]
    [InlineData("webchat", "webchat", false)]
    [InlineData("openclaw-macos", "ui", false)]
    [Trait("Requirement", "A2")]
    public async Task Scopes_that_a_client_only_declares_are_not_granted(string id, string mode, bool keeps)
    {
        await using var client = await fixture.Gateway.OpenSilentOpenClawAsync();

        await client.SendAsync(OpenClawWire.Request("c", "connect", Without(id, mode, "operator", "right")));
        var hello = await client.AnswerAsync("c");

        Assert.Equal("hello-ok", hello.Text("payload/type"));
        Assert.Equal(keeps ? ["operator.admin"] : [], hello.List("payload/auth/scopes").Select(scope => scope.GetString()));
    }

    [Theory]
    [InlineData("operator", "ui", 4, 4, true)]
    [InlineData("operator", "ui", 3, 3, true)]
    [InlineData("operator", "ui", 1, 9, true)]
    [InlineData("operator", "ui", 5, 9, false)]
    [InlineData("operator", "ui", 1, 2, false)]
    [InlineData("operator", "ui", 4, 3, false)]
    [InlineData("operator", "probe", 4, 3, true)]
    [InlineData("operator", "probe", 5, 5, false)]
    [InlineData("operator", "probe", 1, 2, false)]
    [InlineData("node", "node", 3, 3, true)]
    [InlineData("node", "node", 4, 4, true)]
    [InlineData("node", "node", 5, 5, false)]
    public async Task The_range_of_versions_is_judged_by_what_the_client_is(string role, string mode, int oldest, int newest, bool fits)
    {
        await using var client = await fixture.Gateway.OpenSilentOpenClawAsync();
        var connect = Without("test", mode, role, "right");
        connect["minProtocol"] = oldest;
        connect["maxProtocol"] = newest;

        await client.SendAsync(OpenClawWire.Request("c", "connect", connect));
        var answer = await client.AnswerAsync("c");

        Assert.Equal(fits, answer.Text("error/details/code") != "PROTOCOL_MISMATCH");
    }

    [Fact]
    public async Task A_device_of_protocol_4_that_sends_no_nonce_is_told_so_as_of_any_member_that_is_missing()
    {
        var (client, answer) = await new TestDevice().ConnectAsync(
            fixture.Gateway, ("token", fixture.Gateway.Token), ["operator.read"], connect => connect["device"]!.AsObject().Remove("nonce"));
        await using var _ = client;

        Assert.Equal("invalid connect params: at /device: must have required property 'nonce'", answer.Text("error/message"));
    }

    private async Task<(WireClient Client, string Answer)> ConnectAsync(string[] faults)
    {
        var device = new TestDevice { Client = new TestClient { Role = faults.Contains("role") ? "king" : "operator" } };
        var credential = faults.Contains("credential") ? ("bootstrapToken", "guessed") : ("token", fixture.Gateway.Token);
        var origin = faults.Contains("origin") ? "https://evil.example" : "http://127.0.0.1:1"; // a page is never paired silently
        var (client, answer) = await device.ConnectAsync(fixture.Gateway, credential, ["operator.read"], Spoil, ("Origin", origin));
        return (client, answer.ToString());

        void Spoil(JsonObject connect)
        {
            if (faults.Contains("shape"))
            {
                connect["client"]!["mode"] = "nothing";
            }

            if (faults.Contains("version"))
            {
                connect["minProtocol"] = 7;
                connect["maxProtocol"] = 7;
            }

            if (faults.Contains("proof"))
            {
                connect["device"]!["signature"] = new string('A', 86);
            }
        }
    }

    private JsonObject Without(string id, string mode, string role, string? secret)
    {
        var connect = OpenClawWire.ConnectParams(secret == "right" ? fixture.Gateway.Token : "a-secret-that-is-wrong");
        connect["client"] = new JsonObject { ["id"] = id, ["version"] = "1.0.0", ["platform"] = "linux", ["mode"] = mode };
        connect["role"] = role;
        connect["scopes"] = new JsonArray("operator.admin");
        if (secret is null)
        {
            connect.Remove("auth");
        }

        return connect;
    }
}
