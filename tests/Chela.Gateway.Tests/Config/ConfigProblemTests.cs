using Chela.Gateway.Config;
using static Chela.Gateway.Tests.Config.ConfigFixture;

namespace Chela.Gateway.Tests.Config;

[Trait("Requirement", "K1")]
public sealed class ConfigProblemTests
{
    [Theory]
    [InlineData("{\n  \"gateway\": {\n    \"prot\": 1\n  }\n}", "chela.json:3:5 gateway.prot: unknown key (did you mean 'port'?)")]
    [InlineData("{\r\n  \"gateway\": {\r\n    \"prot\": 1\r\n  }\r\n}", "chela.json:3:5 gateway.prot: unknown key (did you mean 'port'?)")]
    [InlineData("{\"plugins\":{}}", "chela.json:1:2 plugins: unknown key")]
    [InlineData("{\"a.b/c\":1}", "chela.json:1:2 a.b/c: unknown key")]
    [InlineData("{\n\"gateway\":\n 5}", "chela.json:3:2 gateway: must be object")]
    [InlineData("{\"gateway\":{\"port\":null}}", "chela.json:1:20 gateway.port: must be integer")]
    [InlineData("{\"gateway\":{\"port\": \"18789\"}}", "chela.json:1:21 gateway.port: must be integer")]
    [InlineData("{\"gateway\":{\"port\":65536}}", "chela.json:1:20 gateway.port: must be <= 65535")]
    [InlineData("{\"gateway\":{\"limits\":{\"maxInFlight\":0}}}", "chela.json:1:37 gateway.limits.maxInFlight: must be >= 1")]
    [InlineData("{\"gateway\":{\"auth\":{\"mode\":\"open\"}}}", "chela.json:1:28 gateway.auth.mode: must be one of: token, password, none, trusted-proxy, oidc, oauth")]
    [InlineData("{\"memory\":{\"search\":{\"provider\":\"openai\"}}}", "chela.json:1:33 memory.search.provider: needs memory.search.model, an embedding model of that provider")]
    [InlineData("{\"memory\":{\"search\":{\"model\":\"embed-1\"}}}", "chela.json:1:30 memory.search.model: needs memory.search.provider, which has that model")]
    [InlineData("{\"messages\":{\"queue\":{\"mode\":\"steer-backlog\"}}}", "chela.json:1:30 messages.queue.mode: must be one of: steer, followup, collect, interrupt")]
    [InlineData("{\"messages\":{\"queue\":{\"byChannel\":{\"webchat\":\"old\"}}}}", "chela.json:1:46 messages.queue.byChannel.webchat: must be equal to one of the allowed values")]
    [InlineData("{\"messages\":{\"queue\":{\"cap\":0}}}", "chela.json:1:29 messages.queue.cap: must be >= 1")]
    [InlineData("{\"messages\":{\"queue\":{\"debounceMs\":60001}}}", "chela.json:1:36 messages.queue.debounceMs: must be <= 60000")]
    [InlineData("{\"messages\":{\"queue\":{\"drop\":\"newest\"}}}", "chela.json:1:30 messages.queue.drop: must be one of: new, old, summarize")]
    [InlineData("{\"session\":{\"mainKey\":\"\"}}", "chela.json:1:23 session.mainKey: must NOT have fewer than 1 characters")]
    [InlineData("/* é */ {\"é\":1}", "chela.json:1:10 é: unknown key")]
    [InlineData("\uFEFF{\"x\":1}", "chela.json:1:2 x: unknown key")]
    [InlineData("{\n\"session\":{},\n\"session\":{}}", "chela.json:3:1 session: is given twice; first at chela.json:2:1")]
    [InlineData("{\"session\":{\"mainKey\":\"\\ud800\"}}", "chela.json:1:23 session.mainKey: holds half a surrogate pair, which is no text")]
    [InlineData("[]", "chela.json:1:1: the file must hold one object: { … }")]
    [InlineData("// text\n \"x\"", "chela.json:2:2: the file must hold one object: { … }")]
    public void A_mistake_in_the_file_is_named_by_line_column_and_key(string file, string problem) =>
        Assert.Equal(problem, Refuse(file).Split('\n')[0]);

    [Theory]
    [InlineData("{\n  \"gateway\" 5\n}", "chela.json:2:13: ")]
    [InlineData("{\r\n  \"gateway\" 5\r\n}", "chela.json:2:13: ")]
    [InlineData("{ \"é\" 5 }", "chela.json:1:7: ")]
    [InlineData("{", "chela.json:1:2: ")]
    [InlineData("{} {}", "chela.json:1:4: ")]
    [InlineData("{'a':1}", "chela.json:1:2: ")]
    public void A_mistake_of_syntax_is_named_by_line_and_column(string file, string start)
    {
        var problem = Assert.Single(Refuse(file).Split('\n'));

        Assert.StartsWith(start, problem, StringComparison.Ordinal);
        Assert.DoesNotContain("LineNumber", problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_hostile_file_is_refused_and_not_followed()
    {
        Assert.Equal("chela.json:1:1: the file is larger than 2097152 bytes", RefuseBytes(new byte[3 * 1024 * 1024]));
        Assert.Equal("chela.json:2:3: the file is not valid UTF-8", RefuseBytes([.. "{\n\"é"u8, 0xC3, 0x28, .. "\":1}"u8]));
        Assert.Contains("depth of 64", Refuse(new string('[', 1_000_000)), StringComparison.Ordinal);
        Assert.Contains("depth of 64", Refuse(string.Concat(Enumerable.Repeat("{\"a\":", 65))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CHELA_GATEWAY__PROT", "1", "gateway.PROT: unknown key (did you mean 'port'?)")]
    [InlineData("CHELA_GATEWAY__TRUSTEDPROXIES", "10.0.0.1,x", "gateway.trustedProxies[1]: must be an IP address or a network such as 10.0.0.0/8, without bits behind the prefix")]
    [InlineData("CHELA_GATEWAY__TRUSTEDPROXIES", "[\"10.0.0.1\", 7]", "gateway.trustedProxies[1]: must be string")]
    [InlineData("CHELA_GATEWAY__TRUSTEDPROXIES", "[10.0.0.1", "gateway.trustedProxies: must be array")]
    [InlineData("CHELA_GATEWAI__PORT", "1", "GATEWAI: unknown key (did you mean 'gateway'?)")]
    [InlineData("CHELA__GATEWAY__PORT", "1", "_GATEWAY: unknown key (did you mean 'gateway'?)")]
    [InlineData("CHELA_GATEWAY__PORT__X", "1", "gateway.port.X: unknown key")]
    [InlineData("CHELA_GATEWAY__AUTH", "x", "gateway.auth: holds several settings; name one of mode, token, password, identityScopes, trustedProxy, oidc, rateLimit")]
    [InlineData("CHELA_GATEWAY__PORT", "80a", "gateway.port: must be integer")]
    [InlineData("CHELA_GATEWAY__PORT", "", "gateway.port: must be integer")]
    [InlineData("CHELA_GATEWAY__PORT", "-1", "gateway.port: must be >= 0")]
    [InlineData("CHELA_GATEWAY__PORT", "99999999999999999999", "gateway.port: must be integer")]
    [InlineData("CHELA_GATEWAY__AUTH__TOKEN", "", "gateway.auth.token: is blank; remove it, or give a secret")]
    public void A_mistake_in_the_environment_is_named_by_its_variable(string variable, string value, string problem) =>
        Assert.Equal($"{variable} {problem}", Refuse(environment: new() { [variable] = value }));

    [Theory]
    [InlineData("hosts", "\"evil.example:80\"", "must be a host name without scheme and port, for example chat.example.org or *.example.org")]
    [InlineData("allowedAddresses", "\"10.0.0.1/8\"", "must be an IP address or a network such as 10.0.0.0/8, without bits behind the prefix")]
    [InlineData("trustedProxies", "\"nginx\"", "must be an IP address or a network such as 10.0.0.0/8, without bits behind the prefix")]
    [InlineData("trustedProxies", "7", "must be string")]
    public void An_item_of_a_list_is_named_by_its_place(string key, string item, string message) => Assert.Equal(
        $"chela.json:3:1 gateway.{key}[1]: {message}",
        Refuse($"{{\"gateway\": {{\"{key}\": [\n{(key == "hosts" ? "\"a\"" : "\"::\"")},\n{item}]}}}}"));

    [Theory]
    [InlineData("https://chat.example.org/")]
    [InlineData("https://chat.example.org/page")]
    [InlineData("chat.example.org")]
    [InlineData("null")]
    public void An_origin_has_no_path(string origin) => Assert.StartsWith(
        "CHELA_GATEWAY__CONTROLUI__ALLOWEDORIGINS gateway.controlUi.allowedOrigins[1]: must be * or an origin",
        Refuse(environment: new() { ["CHELA_GATEWAY__CONTROLUI__ALLOWEDORIGINS"] = $"*, {origin}" }),
        StringComparison.Ordinal);

    [Fact]
    public void Two_variables_for_one_key_are_refused() => Assert.Equal(
        "CHELA_GATEWAY__port gateway.port: is already set by CHELA_GATEWAY__PORT",
        Refuse(environment: new() { ["CHELA_GATEWAY__PORT"] = "1", ["CHELA_GATEWAY__port"] = "2" }));

    [Theory]
    [InlineData("gateway.prot", "1", "gateway.prot: unknown key (did you mean 'port'?)")]
    [InlineData("Gateway.port", "1", "Gateway: unknown key (did you mean 'gateway'?)")]
    [InlineData("", "1", ": unknown key")]
    [InlineData("gateway.events", "1", "gateway.events: holds several settings; name one of replayBytes, replayMs")]
    [InlineData("gateway.port", "x", "gateway.port: must be integer")]
    public void A_mistake_on_the_command_line_is_named_by_its_option(string path, string value, string problem) =>
        Assert.Equal($"--set{(path.Length == 0 ? "" : " ")}{problem}", Refuse(overrides: [new(path, value, "--set")]));

    [Theory]
    [InlineData("", "must be one of loopback, lan, tailnet, auto, custom, an IP address or a host name")]
    [InlineData("*", "must be one of loopback, lan, tailnet, auto, custom, an IP address or a host name")]
    [InlineData("http://x", "must be one of loopback, lan, tailnet, auto, custom, an IP address or a host name")]
    [InlineData("custom", "'custom' needs an address in gateway.customBindHost")]
    public void An_address_that_cannot_be_bound_is_refused(string bind, string message) =>
        Assert.Equal($"--bind gateway.bind: {message}", Refuse(overrides: [new("gateway.bind", bind, "--bind")]));

    [Theory]
    [InlineData("loopback")]
    [InlineData("lan")]
    [InlineData("tailnet")]
    [InlineData("auto")]
    [InlineData("0.0.0.0")]
    [InlineData("::1")]
    [InlineData("gateway.example.org")]
    public void An_address_or_a_host_name_can_be_bound(string bind) =>
        Assert.Equal(bind, Load(overrides: [new("gateway.bind", bind, "--bind")]).Config.Gateway.Bind);

    [Theory]
    [InlineData("ftp://x")]
    [InlineData("api.example.org")]
    public void A_provider_is_reached_by_http(string address) => Assert.Equal(
        "CHELA_MODELS__PROVIDERS__OPENAI__BASEURL models.providers.openai.baseUrl: must be an address that begins with http:// or https://",
        Refuse(environment: new() { ["CHELA_MODELS__PROVIDERS__OPENAI__BASEURL"] = address }));

    [Fact]
    public void Everything_wrong_in_all_layers_is_told_at_once()
    {
        var problems = Refuse(
            """
            {
              "gateway": { "port": -1, "auth": { "tokn": 1, "token": "changeme" } },
              "sesion": {},
              "sesion": {},
              "agents": 7
            }
            """,
            new() { ["CHELA_AGENTS__DEFAULTS__TIMEOUTSECONDS"] = "soon", ["CHELA_X__Y"] = "1" },
            new ConfigOverride("gateway.bind", "*", "--bind"));

        Assert.Equal(
            """
            chela.json:4:3 sesion: is given twice; first at chela.json:3:3
            chela.json:3:3 sesion: unknown key (did you mean 'session'?)
            chela.json:2:24 gateway.port: must be >= 0
            chela.json:2:38 gateway.auth.tokn: unknown key (did you mean 'token'?)
            chela.json:5:13 agents: must be object
            chela.json:2:58 gateway.auth.token: is a placeholder, not a secret
            CHELA_X__Y X: unknown key
            CHELA_AGENTS__DEFAULTS__TIMEOUTSECONDS agents.defaults.timeoutSeconds: must be integer
            --bind gateway.bind: must be one of loopback, lan, tailnet, auto, custom, an IP address or a host name
            """,
            problems);
    }

    [Fact]
    public void A_problem_can_be_read_by_programs_and_carries_no_value()
    {
        var file = """{"gateway":{"auth":{"token":"hunter2 hunter2 hunter2"}}}"""u8.ToArray();

        var exception = Assert.Throws<ConfigException>(() => LoadBytes(file));

        var problem = Assert.Single(exception.Problems);
        Assert.Equal((ConfigLayer.File, "chela.json:1:29", "gateway.auth.token"), (problem.Layer, problem.Place, problem.Path));
        Assert.DoesNotContain("hunter2", exception.ToString(), StringComparison.Ordinal);
    }
}
