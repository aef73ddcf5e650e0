namespace Chela.Gateway.Tests.Client;

/// <summary>Frames as a real gateway of the protocol sent them, shortened where length says nothing.</summary>
internal static class RecordedFrames
{
    public const string Challenge =
        """{"type":"event","event":"connect.challenge","payload":{"nonce":"18d327c4-7056-4809-af6b-2d622c784130","ts":1795226845526,"capabilities":["model-catalog-snapshot"]}}""";

    public const string Hello =
        """{"type":"hello-ok","protocol":4,"server":{"version":"2026.9.6","buildId":"2026.9.6-release","bootId":"7f0768be-bb49-4914-ba32-3ca3940d040b","controlUiBuildSource":"bundled","connId":"11988bc4-0363-4bdc-903d-96db7b04db67"},"features":{"methods":["health","status","chat.send","chat.abort"],"events":["chat","agent","tick","shutdown"],"capabilities":["chat-send-routing-contract"]},"snapshot":{"presence":[],"health":{},"stateVersion":{"presence":3,"health":7},"uptimeMs":3725000},"auth":{"method":"token","role":"operator","scopes":["operator.admin","operator.read"]},"policy":{"maxPayload":26214400,"maxBufferedBytes":52428800,"tickIntervalMs":30000,"attachments":{"maxBytes":19464192,"maxImageBytes":6291456}}}""";

    public const string WrongToken =
        """{"code":"INVALID_REQUEST","message":"unauthorized: gateway token mismatch (provide gateway auth token)","details":{"code":"AUTH_TOKEN_MISMATCH","authReason":"token_mismatch","canRetryWithDeviceToken":false,"recommendedNextStep":"update_auth_credentials"}}""";

    public const string Health =
        """{"ok":true,"ts":1795226845540,"durationMs":8,"channels":{},"channelOrder":[],"heartbeatSeconds":1800,"defaultAgentId":"main","sessions":{"path":"/state/sessions","count":3,"recent":[]}}""";

    public const string Status =
        """{"runtimeVersion":"2026.9.6","channelSummary":[],"sessions":{"paths":[],"count":3,"defaults":{"model":"fake-model","contextTokens":128000},"recent":[],"byAgent":[]}}""";

    public const string Tick = """{"type":"event","event":"tick","payload":{"ts":1795226863673},"seq":1}""";

    public const string Shutdown = """{"type":"event","event":"shutdown","payload":{"reason":"gateway stopping"},"seq":2}""";

    public const string AgentAccepted =
        """{"runId":"agent-77","sessionKey":"agent:main:main","agentId":"main","status":"accepted","acceptedAt":1788000300000}""";

    public const string AgentDone =
        """{"runId":"agent-77","status":"ok","summary":"completed","result":{"payloads":[{"text":"Done."}],"meta":{"durationMs":4210}}}""";

    /// <summary>A run as recorded: two states, the deltas, the end; each with its number.</summary>
    public static IEnumerable<string> Run(string runId) =>
    [
        Chat(runId, 1, "\"state\":\"status\",\"phase\":\"preparing_workspace\""),
        Agent(runId, 2, "run_status", "{\"phase\":\"preparing_workspace\"}"),
        Chat(runId, 3, "\"state\":\"status\",\"phase\":\"starting_model\""),
        Delta(runId, 4, "lorem", "lorem"),
        Agent(runId, 5, "assistant", "{\"text\":\"lorem ipsum dolor sit\",\"delta\":\" ipsum dolor sit\"}"),
        Delta(runId, 6, " ipsum dolor sit", "lorem ipsum dolor sit"),
        Final(runId, 7, "lorem ipsum dolor sit"),
    ];

    public static string Delta(string runId, int seq, string delta, string whole) =>
        Chat(runId, seq, $"\"state\":\"delta\",\"deltaText\":\"{delta}\",{Message(whole)}");

    public static string Replacement(string runId, int seq, string whole) =>
        Chat(runId, seq, $"\"state\":\"delta\",\"deltaText\":\"{whole}\",\"replace\":true,{Message(whole)}");

    public static string Final(string runId, int seq, string whole) =>
        Chat(runId, seq, $"\"state\":\"final\",\"stopReason\":\"stop\",{Message(whole)},\"usage\":{{\"input\":10,\"output\":200}}");

    public static string Aborted(string runId, int seq, string whole) =>
        Chat(runId, seq, $"\"state\":\"aborted\",\"stopReason\":\"rpc\",{Message(whole)}");

    public static string Failed(string runId, int seq) =>
        Chat(runId, seq, "\"state\":\"error\",\"errorMessage\":\"provider refused the request\",\"errorKind\":\"rate_limit\"");

    private static string Chat(string runId, int seq, string rest) =>
        $$"""{"type":"event","event":"chat","payload":{"runId":"{{runId}}","sessionKey":"agent:main:main","agentId":"main","seq":{{seq}},{{rest}}},"seq":{{seq}}}""";

    private static string Agent(string runId, int seq, string stream, string data) =>
        $$"""{"type":"event","event":"agent","payload":{"runId":"{{runId}}","stream":"{{stream}}","data":{{data}},"sessionKey":"agent:main:main","agentId":"main","seq":{{seq}},"ts":1795226864602,"isHeartbeat":false},"seq":{{seq}}}""";

    private static string Message(string text) =>
        $$"""
        "message":{"role":"assistant","content":[{"type":"text","text":"{{text}}"}],"timestamp":1795226868624}
        """;
}
