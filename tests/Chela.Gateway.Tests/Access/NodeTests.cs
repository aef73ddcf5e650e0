using System.Text.Json.Nodes;
using Chela.Gateway.Tests.EndToEnd;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Access;

/// <summary>A node connects, and offers what somebody approved, no more.</summary>
[Trait("Requirement", "A1")]
[Trait("Requirement", "A2")]
[Trait("Requirement", "W5")]
public sealed class NodeTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private readonly GatewayProcess _gateway = fixture.Gateway;

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public async Task A_node_connects_in_either_protocol_and_is_listed(int protocol)
    {
        await using var admin = await _gateway.OpenOpenClawAsync();
        var device = new TestDevice { Client = TestClient.NodeHost with { Protocol = protocol } };

        var (node, hello) = await device.ConnectAsync(_gateway, ("token", _gateway.Token), []);
        await using var _ = node;
        var listed = await admin.CallAsync("node.list");
        var described = await admin.CallAsync("node.describe", new JsonObject { ["nodeId"] = device.Id });

        Assert.Equal("node", hello.Text("payload/auth/role"));
        Assert.NotNull(hello.Text("payload/auth/deviceToken"));
        Assert.Contains(listed.List("payload/nodes"), row => row.Text("nodeId") == device.Id && row.Text("connected") == "true");
        Assert.Equal(("true", "true"), (described.Text("payload/paired"), described.Text("payload/connected")));
        Assert.NotNull(described.Text("payload/ts"));
    }

    [Fact]
    public async Task What_a_node_offers_is_withheld_until_it_is_approved_and_holds_when_it_comes_again()
    {
        await using var admin = await _gateway.OpenOpenClawAsync();
        var device = new TestDevice { Client = TestClient.NodeHost };

        var (node, _) = await device.ConnectAsync(_gateway, ("token", _gateway.Token), [], Offer("camera.list", "system.notify"));
        await using var __ = node;
        var requested = await admin.ReceiveAsync(frame => frame.Text("event") == "node.pair.requested" && frame.Text("payload/nodeId") == device.Id);
        var before = await DescribeAsync(admin, device);
        var approved = await admin.CallAsync("node.pair.approve", new JsonObject { ["requestId"] = requested.Text("payload/requestId") });
        var resolved = await admin.ReceiveAsync(frame => frame.Text("event") == "node.pair.resolved" && frame.Text("payload/nodeId") == device.Id);
        var after = await DescribeAsync(admin, device);
        await node.DisposeAsync();
        var (less, _) = await device.ConnectAsync(_gateway, ("token", _gateway.Token), [], Offer("camera.list", "camera.snap"));
        await using var ___ = less;
        var later = await DescribeAsync(admin, device);

        Assert.Equal(["camera.list", "system.notify"], requested.List("payload/commands").Select(name => name.GetString()));
        Assert.Equal("", before);
        Assert.Equal("camera.list,system.notify", string.Join(',', approved.List("payload/node/commands").Select(name => name.GetString())));
        Assert.Equal("approved", resolved.Text("payload/decision"));
        Assert.Equal("camera.list,system.notify", after);
        Assert.Equal("camera.list", later); // declared and approved
    }

    [Theory]
    [InlineData("system.notify", "operator.pairing", "operator.write")]
    [InlineData("system.run", "operator.pairing,operator.write", "operator.admin")]
    [InlineData("browser.proxy.upload.v1", "operator.pairing,operator.write", "operator.admin")]
    [InlineData("system.execApprovals.set", "operator.pairing,operator.write", "operator.admin")]
    public async Task Commands_are_approved_only_by_who_may_use_them(string command, string held, string missing)
    {
        await using var admin = await _gateway.OpenOpenClawAsync();
        var device = new TestDevice { Client = TestClient.NodeHost };
        var (node, _) = await device.ConnectAsync(_gateway, ("token", _gateway.Token), [], Offer(command));
        await using var __ = node;
        var requested = await admin.ReceiveAsync(frame => frame.Text("event") == "node.pair.requested" && frame.Text("payload/nodeId") == device.Id);
        var (pairer, _) = await new TestDevice().ConnectAsync(_gateway, ("token", _gateway.Token), held.Split(','));
        await using var ___ = pairer;

        var answer = await pairer.CallAsync("node.pair.approve", new JsonObject { ["requestId"] = requested.Text("payload/requestId") });
        var rejected = await admin.CallAsync("node.pair.reject", new JsonObject { ["requestId"] = requested.Text("payload/requestId") });

        Assert.Equal(("FORBIDDEN", missing), (answer.Text("error/code"), answer.Text("error/details/missingScope")));
        Assert.Equal(device.Id, rejected.Text("payload/nodeId"));
        Assert.Equal("", await DescribeAsync(admin, device));
    }

    /// <summary>GHSA-xrq9. To approve is another matter: that takes the scopes that are granted.</summary>
    [Fact]
    public async Task Who_is_no_administrator_sees_no_offers_of_other_nodes_and_refuses_none()
    {
        await using var admin = await _gateway.OpenOpenClawAsync();
        var device = new TestDevice { Client = TestClient.NodeHost };
        var (node, _) = await device.ConnectAsync(_gateway, ("token", _gateway.Token), [], Offer("camera.list"));
        await using var __ = node;
        var requested = await admin.ReceiveAsync(frame => frame.Text("event") == "node.pair.requested" && frame.Text("payload/nodeId") == device.Id);
        var request = new JsonObject { ["requestId"] = requested.Text("payload/requestId") };
        var (pairer, _) = await new TestDevice().ConnectAsync(_gateway, ("token", _gateway.Token), ["operator.pairing", "operator.write"]);
        await using var ___ = pairer;

        var rejected = await pairer.CallAsync("node.pair.reject", (JsonObject)request.DeepClone());
        var waiting = await pairer.CallAsync("node.pair.list");
        var approved = await pairer.CallAsync("node.pair.approve", request);
        var list = await pairer.CallAsync("node.pair.list");
        var all = await admin.CallAsync("node.pair.list");

        Assert.Equal(("FORBIDDEN", "operator.admin"), (rejected.Text("error/code"), rejected.Text("error/details/missingScope")));
        Assert.Empty(waiting.List("payload/pending"));
        Assert.Equal(device.Id, approved.Text("payload/node/nodeId"));
        Assert.Empty(list.List("payload/paired"));
        Assert.Contains(all.List("payload/paired"), row => row.Text("nodeId") == device.Id);
    }

    [Fact]
    [Trait("Requirement", "W7")]
    public async Task Operators_hear_of_a_node_that_connects()
    {
        await using var reader = await _gateway.OpenOpenClawAsync();
        var device = new TestDevice { Client = TestClient.NodeHost };

        var (node, _) = await device.ConnectAsync(_gateway, ("token", _gateway.Token), []);
        await using var __ = node;
        var told = await reader.ReceiveAsync(frame => frame.Text("event") == "node.presence" && frame.Text("payload/nodeId") == device.Id);

        Assert.Equal($$"""{"nodeId":"{{device.Id}}","lastActiveAtMs":null,"presenceUpdatedAtMs":null}""", told.Text("payload"));
    }

    [Fact]
    public async Task A_node_that_is_removed_is_closed_at_once_and_its_token_opens_nothing()
    {
        await using var admin = await _gateway.OpenOpenClawAsync();
        var device = new TestDevice { Client = TestClient.NodeHost };
        var (node, hello) = await device.ConnectAsync(_gateway, ("token", _gateway.Token), []);
        await using var _ = node;

        var removed = await admin.CallAsync("node.pair.remove", new JsonObject { ["nodeId"] = device.Id });
        var closed = await node.ClosedAsync();
        var (again, refused) = await device.ConnectAsync(_gateway, ("deviceToken", hello.Text("payload/auth/deviceToken")!), []);
        await using var __ = again;

        Assert.Equal(device.Id, removed.Text("payload/nodeId"));
        Assert.Equal((4001, "node removed"), closed);
        Assert.Equal("AUTH_DEVICE_TOKEN_MISMATCH", refused.Text("error/details/code"));
    }

    /// <summary>Scopes are for operators: a node that asks for them gets none, and hears nothing that they would let it hear.</summary>
    [Fact]
    public async Task A_node_is_given_no_scope_of_an_operator_whatever_it_asks_for()
    {
        var device = new TestDevice { Client = TestClient.NodeHost };

        var (node, hello) = await device.ConnectAsync(_gateway, ("token", _gateway.Token), ["operator.admin", "operator.read"]);
        await using var _ = node;
        var answer = await node.CallAsync("sessions.list");

        Assert.Empty(hello.List("payload/auth/scopes"));
        Assert.Equal(("INVALID_REQUEST", "unauthorized role: node"), (answer.Text("error/code"), answer.Text("error/message")));
    }

    private static Action<JsonObject> Offer(params string[] commands) => connect =>
    {
        connect["caps"] = new JsonArray("camera");
        connect["commands"] = new JsonArray([.. commands.Select(command => JsonValue.Create(command))]);
    };

    private static async Task<string> DescribeAsync(WireClient admin, TestDevice device)
    {
        var row = await admin.CallAsync("node.describe", new JsonObject { ["nodeId"] = device.Id });
        return string.Join(',', row.List("payload/commands").Select(name => name.GetString()));
    }
}
