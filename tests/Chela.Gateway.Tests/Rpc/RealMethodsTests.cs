using System.Text;
using System.Text.Json;
using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Contracts.Events;
using Chela.Gateway.Rpc;
using Chela.Gateway.Tests.Support;

namespace Chela.Gateway.Tests.Rpc;

/// <summary>What holds for every method that the gateway really has.</summary>
[Trait("Requirement", "W6")]
public sealed class RealMethodsTests
{
    private static readonly string[] SchemaTypes = ["object", "array", "string", "number", "integer", "boolean", "null"];

    private static readonly string[] Keywords =
    [
        "$schema", "$defs", "$ref", "$id", "title", "type", "description", "default", "enum", "const", "format", "pattern", "properties",
        "required", "additionalProperties", "items", "minItems", "maxItems", "maxProperties", "minLength", "maxLength", "minimum", "maximum",
        "exclusiveMinimum", "exclusiveMaximum", "anyOf", "oneOf", "allOf",
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    [Trait("Requirement", "W9")]
    public async Task The_first_methods_are_there_under_both_their_names()
    {
        using var folder = new TempFolder();
        await using var parts = await GatewayParts.StartAsync(folder);

        var names = parts.Get<MethodRegistry>().Names;

        Assert.Empty(
            new[]
            {
                "agent.run", "chat.abort", "chat.history", "chat.send", "chat.send_stream", "health", "models.list", "rpc.schema",
                "session.delete", "session.list", "sessions.delete", "sessions.list", "status",
            }.Except(names));
    }

    [Fact]
    [Trait("Requirement", "A5")]
    public async Task Every_method_has_a_schema_of_its_parameters_and_of_its_result()
    {
        using var folder = new TempFolder();
        await using var parts = await GatewayParts.StartAsync(folder);

        Assert.All(parts.Get<MethodRegistry>().All(), entry =>
        {
            Assert.Equal("object", entry.Method.Parameters.Schema.GetProperty("type").GetString());
            AssertSchema(entry.Method.Parameters.Schema, entry.Name);
            AssertSchema(entry.Method.Result.Schema, entry.Name);
        });
    }

    [Fact]
    public async Task Every_common_method_says_in_a_sentence_what_it_does()
    {
        using var folder = new TempFolder();
        await using var parts = await GatewayParts.StartAsync(folder);

        Assert.All(
            parts.Get<MethodRegistry>().All().Where(entry => entry.Dialect is null),
            entry => Assert.Matches("^[A-Z].+\\.$", entry.Method.Summary));
    }

    [Fact]
    [Trait("Requirement", "A2")]
    public async Task A_method_of_the_OpenClaw_protocol_takes_the_scope_that_it_takes_there()
    {
        using var folder = new TempFolder();
        await using var parts = await GatewayParts.StartAsync(folder);

        var others = parts.Get<MethodRegistry>().All()
            .Where(entry => entry.Dialect is null && OpenClawMethods.ScopeFor(entry.Name) is not OperatorScopes.Admin and var scope && scope != entry.Method.Scope)
            .Select(entry => (entry.Name, entry.Method.Scope));

        Assert.All(others, entry => Assert.Equal(OperatorScopes.None, entry.Scope));
        Assert.Equal(["device.scopes.requestUpgrade", "device.scopes.waitUpgrade", "health"], others.Select(entry => entry.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Only_health_and_login_answer_before_a_login()
    {
        using var folder = new TempFolder();
        await using var parts = await GatewayParts.StartAsync(folder);

        var open = parts.Get<MethodRegistry>().All().Where(entry => entry.Method.IsPublic).Select(entry => (entry.Dialect, entry.Name));

        Assert.Equal(
            [(null, "auth.login"), (null, "health"), (Dialect.OpenClaw, "connect"), (Dialect.Session, "Connect"), (Dialect.Session, "Ping")],
            open.OrderBy(entry => entry.Dialect).ThenBy(entry => entry.Name, StringComparer.Ordinal));
    }

    [Theory]
    [Trait("Requirement", "A5")]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("[1,2]")]
    [InlineData("\"text\"")]
    [InlineData("5")]
    [InlineData("true")]
    [InlineData("""{"noSuchField":1}""")]
    [InlineData("""{"sessionKey":5}""")]
    [InlineData("""{"sessionKey":"agent:"}""")]
    [InlineData("""{"sessionKey":{"a":[null]},"key":[],"text":{},"message":1,"idempotencyKey":{},"limit":"x","method":7,"token":[]}""")]
    [InlineData("""{"limit":0,"offset":-1,"session_key":"","text":"\ud800"}""")]
    [InlineData("""{"limit":99999999999999999999,"activeMinutes":1e400}""")]
    public async Task No_parameters_whatever_break_a_method(string parameters)
    {
        using var folder = new TempFolder();
        await using var parts = await GatewayParts.StartAsync(folder);
        var dispatcher = parts.Get<Dispatcher>();

        foreach (var (dialect, name, _) in parts.Get<MethodRegistry>().All())
        {
            var context = ProbeMethods.Call(name);
            var outcome = await dispatcher.InvokeAsync(dialect ?? Dialect.OpenClaw, Encoding.UTF8.GetBytes(parameters), context, Ct);

            Assert.True(outcome.Error?.Kind is null or RpcErrorKind.InvalidRequest or RpcErrorKind.InvalidParams or RpcErrorKind.Unauthenticated, $"{name}: {outcome.Error}");
        }
    }

    [Fact]
    [Trait("Requirement", "A5")]
    public async Task A_field_that_no_method_has_is_refused_by_name_by_all_but_health()
    {
        using var folder = new TempFolder();
        await using var parts = await GatewayParts.StartAsync(folder);
        var dispatcher = parts.Get<Dispatcher>();
        var lenient = new List<string>();

        foreach (var (dialect, name, method) in parts.Get<MethodRegistry>().All())
        {
            var caller = new Caller("connection 1", OpenClawMethods.RoleFor(name), OperatorScopes.Admin, "test");
            var outcome = await dispatcher.InvokeAsync(dialect ?? Dialect.OpenClaw, """{"noSuchField":1}"""u8.ToArray(), ProbeMethods.Call(name, caller), Ct);
            if (outcome.Error?.Message.Contains("unexpected property 'noSuchField'", StringComparison.Ordinal) != true)
            {
                lenient.Add(name);
            }
        }

        Assert.Equal(["health"], lenient);
    }

    [Fact]
    public async Task The_registry_describes_itself_and_every_alias()
    {
        using var folder = new TempFolder();
        await using var parts = await GatewayParts.StartAsync(folder);

        var all = await CallAsync(parts, "{}");
        var one = await CallAsync(parts, """{"method":"session.list"}""");
        var none = await parts.Get<Dispatcher>().InvokeAsync(
            Dialect.OpenClaw, """{"method":"no.such"}"""u8.ToArray(), ProbeMethods.Call("rpc.schema"), Ct);

        Assert.Equal(parts.Get<MethodRegistry>().All().Count(), all.Count);
        Assert.Equal(
            [("sessions.list", null), (null, "JsonRpc")],
            one.Select(method => (Text(method, "aliasOf"), Text(method, "dialect"))));
        Assert.All(one, method => Assert.Equal(["operator.read"], method.GetProperty("scopes").EnumerateArray().Select(scope => scope.GetString())));
        Assert.Equal(new RpcError(RpcErrorKind.NotFound, "no method is called no.such"), none.Error);
    }

    private static async Task<List<JsonElement>> CallAsync(GatewayParts parts, string parameters)
    {
        var reader = ProbeMethods.Operator(OperatorScopes.Read);
        var outcome = await parts.Get<Dispatcher>().InvokeAsync(
            Dialect.OpenClaw, Encoding.UTF8.GetBytes(parameters), ProbeMethods.Call("rpc.schema", reader), Ct);
        Assert.Null(outcome.Error);
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            outcome.Answer!.Write(writer);
        }

        return [.. JsonElement.Parse(buffer.ToArray()).GetProperty("methods").EnumerateArray()];
    }

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var text) ? text.GetString() : null;

    /// <summary>Draft 2020-12 as far as it is used: known keywords, known types, references that lead somewhere.</summary>
    private static void AssertSchema(JsonElement root, string name)
    {
        Assert.Equal("https://json-schema.org/draft/2020-12/schema", root.GetProperty("$schema").GetString());
        AssertPart(root, root, name);
    }

    private static void AssertPart(JsonElement part, JsonElement root, string at)
    {
        if (part.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return;
        }

        Assert.Equal(JsonValueKind.Object, part.ValueKind);
        foreach (var member in part.EnumerateObject())
        {
            Assert.True(Keywords.Contains(member.Name), $"{at}: {member.Name}");
            var below = $"{at}/{member.Name}";
            switch (member.Name)
            {
                case "type":
                    var types = member.Value.ValueKind == JsonValueKind.Array ? member.Value.EnumerateArray().ToArray() : [member.Value];
                    Assert.All(types, type => Assert.Contains(type.GetString(), SchemaTypes));
                    break;
                case "properties" or "$defs":
                    Assert.All(member.Value.EnumerateObject(), property => AssertPart(property.Value, root, $"{below}/{property.Name}"));
                    break;
                case "items" or "additionalProperties":
                    AssertPart(member.Value, root, below);
                    break;
                case "anyOf" or "oneOf" or "allOf":
                    Assert.All(member.Value.EnumerateArray(), option => AssertPart(option, root, below));
                    break;
                case "required":
                    Assert.All(member.Value.EnumerateArray(), required => Assert.True(
                        part.GetProperty("properties").TryGetProperty(required.GetString()!, out _), $"{at} requires {required}"));
                    break;
                case "$ref":
                    var target = member.Value.GetString()!.Split('/')[1..].Aggregate(root, (place, step) => place.GetProperty(step));
                    Assert.Equal(JsonValueKind.Object, target.ValueKind);
                    break;
            }
        }
    }
}
