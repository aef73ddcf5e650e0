using System.Text;
using Chela.Gateway.Agents.Providers;

namespace Chela.Gateway.Tests.Agents.Providers;

[Trait("Requirement", "G5")]
public sealed class ProviderErrorTableTests
{
    [Theory]
    [InlineData(401, """{"error":{"message":"Incorrect API key provided","code":"invalid_api_key"}}""", nameof(ProviderErrorKind.Authentication))]
    [InlineData(403, "<html>Forbidden</html>", nameof(ProviderErrorKind.Authentication))]
    [InlineData(400, """[{"error":{"code":400,"message":"API key not valid.","status":"INVALID_ARGUMENT"}}]""", nameof(ProviderErrorKind.InvalidRequest))]
    [InlineData(400, """{"error":{"message":"x","type":"authentication_error","code":"invalid_api_key"}}""", nameof(ProviderErrorKind.InvalidRequest))]
    [InlineData(402, "", nameof(ProviderErrorKind.Quota))]
    [InlineData(429, """{"error":{"message":"You exceeded your current quota","code":"insufficient_quota"}}""", nameof(ProviderErrorKind.Quota))]
    [InlineData(400, """{"error":{"message":"Your credit balance is too low"}}""", nameof(ProviderErrorKind.Quota))]
    [InlineData(429, """{"error":{"message":"Slow down","code":"rate_limit_exceeded"}}""", nameof(ProviderErrorKind.Rate))]
    [InlineData(429, "", nameof(ProviderErrorKind.Rate))]
    [InlineData(400, """{"error":{"message":"x","code":"context_length_exceeded"}}""", nameof(ProviderErrorKind.ContextTooLong))]
    [InlineData(400, """{"object":"error","message":"This model's maximum context length is 4096 tokens.","code":400}""", nameof(ProviderErrorKind.ContextTooLong))]
    [InlineData(413, "", nameof(ProviderErrorKind.ContextTooLong))]
    [InlineData(400, """{"error":{"message":"x","code":"content_filter"}}""", nameof(ProviderErrorKind.ContentRefused))]
    [InlineData(403, """{"error":{"message":"Your input was flagged","code":403}}""", nameof(ProviderErrorKind.ContentRefused))]
    [InlineData(404, """{"error":"model \"llama9\" not found, try pulling it first"}""", nameof(ProviderErrorKind.NotFound))]
    [InlineData(400, """{"error":{"message":"foo is not a valid model ID","code":400}}""", nameof(ProviderErrorKind.NotFound))]
    [InlineData(400, """{"error":{"message":"registry.ollama.ai/library/gemma:2b does not support tools"}}""", nameof(ProviderErrorKind.ToolsUnsupported))]
    [InlineData(404, """{"error":{"message":"No endpoints found that support tool use.","code":404}}""", nameof(ProviderErrorKind.ToolsUnsupported))]
    [InlineData(408, "", nameof(ProviderErrorKind.Timeout))]
    [InlineData(504, "<html>", nameof(ProviderErrorKind.Timeout))]
    [InlineData(500, "", nameof(ProviderErrorKind.Overload))]
    [InlineData(503, """{"detail":"loading"}""", nameof(ProviderErrorKind.Overload))]
    [InlineData(529, "", nameof(ProviderErrorKind.Overload))]
    [InlineData(422, """{"detail":[{"loc":["body"],"msg":"field required"}]}""", nameof(ProviderErrorKind.InvalidRequest))]
    [InlineData(302, "", nameof(ProviderErrorKind.Unknown))]
    [InlineData(400, """{"error":{"message":"\ud83d half a pair"}}""", nameof(ProviderErrorKind.InvalidRequest))]
    public void Status_and_body_decide_the_kind(int status, string body, string expected)
    {
        Assert.Equal(expected, Classify(status, body));
    }

    [Theory]
    [InlineData("""{"error":{"message":"Rate limit reached","code":429}}""", nameof(ProviderErrorKind.Rate))]
    [InlineData("""{"error":{"message":"The server had an error","type":"server_error"}}""", nameof(ProviderErrorKind.Overload))]
    [InlineData("""{"object":"error","message":"boom","code":500}""", nameof(ProviderErrorKind.Overload))]
    [InlineData("""{"error":{"message":"x","code":"invalid_api_key"}}""", nameof(ProviderErrorKind.Authentication))]
    [InlineData("""{"error":{"message":"something else"}}""", nameof(ProviderErrorKind.Unknown))]
    [InlineData("""{"error":true}""", nameof(ProviderErrorKind.Unknown))]
    public void Without_a_status_the_body_alone_decides(string body, string expected)
    {
        Assert.Equal(expected, Classify(null, body));
    }

    [Fact]
    public void No_words_make_a_400_an_authentication_failure()
    {
        string[] words = ["invalid_api_key", "authentication_error", "unauthorized", "permission denied", "api key", ""];

        Assert.DoesNotContain(ProviderErrorKind.Authentication, words.Select(word => ProviderErrorTable.Classify(400, word)));
    }

    [Theory]
    [InlineData(nameof(ProviderErrorKind.ContentRefused), "refusal")]
    [InlineData(nameof(ProviderErrorKind.Timeout), "timeout")]
    [InlineData(nameof(ProviderErrorKind.Rate), "rate_limit")]
    [InlineData(nameof(ProviderErrorKind.Quota), "rate_limit")]
    [InlineData(nameof(ProviderErrorKind.ContextTooLong), "context_length")]
    [InlineData(nameof(ProviderErrorKind.Authentication), "unknown")]
    [InlineData(nameof(ProviderErrorKind.Overload), "unknown")]
    public void Each_kind_has_a_word_in_the_chat_protocol(string kind, string expected)
    {
        Assert.Equal(expected, new ProviderError(Enum.Parse<ProviderErrorKind>(kind), "x").ChatErrorKind);
    }

    [Fact]
    public void Every_kind_has_a_sentence_of_its_own()
    {
        var errors = new ProviderErrors("KEY", "URL");

        var sentences = Enum.GetValues<ProviderErrorKind>().Select(kind => errors.Failed(kind).Message).ToList();

        Assert.Equal(sentences.Count, sentences.Distinct().Count());
        Assert.All(sentences, sentence => Assert.EndsWith(".", sentence, StringComparison.Ordinal));
    }

    private static string Classify(int? status, string text)
    {
        var body = ProviderErrorBody.Parse(Encoding.UTF8.GetBytes(text));
        return ProviderErrorTable.Classify(status ?? body.Status, body.Words).ToString();
    }
}
