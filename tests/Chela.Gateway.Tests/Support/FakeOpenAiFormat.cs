namespace Chela.Gateway.Tests.Support;

/// <summary>How the fake server writes an answer: as chat completions or as Responses.</summary>
internal static class FakeOpenAiFormat
{
    public static string[] Begin(FakeOpenAiRequest request) => [request.SpeaksResponses ? FakeResponsesEvents.Created() : FakeOpenAiChunks.Role()];

    public static string Delta(FakeOpenAiRequest request, string text) =>
        request.SpeaksResponses ? FakeResponsesEvents.Delta(text) : FakeOpenAiChunks.Delta(text);

    /// <summary>A call of a tool in one piece; each is named by its place: c0, c1, …</summary>
    public static string[] Call(FakeOpenAiRequest request, int place, string name, string arguments) => request.SpeaksResponses
        ? FakeResponsesEvents.Call(place, $"c{place}", name, arguments)
        : [FakeOpenAiChunks.Call(place, $"c{place}", name, arguments)];

    public static string[] End(FakeOpenAiRequest request, string finish, int tokens) => request.SpeaksResponses
        ? [FakeResponsesEvents.Completed(tokens)]
        : [FakeOpenAiChunks.Finish(finish), FakeOpenAiChunks.Usage(tokens), "[DONE]"];
}
