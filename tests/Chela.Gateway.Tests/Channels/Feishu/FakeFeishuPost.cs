using System.Security.Cryptography;
using System.Text;

namespace Chela.Gateway.Tests.Channels.Feishu;

/// <summary>What Feishu posts where an account has an address.</summary>
internal static class FakeFeishuPost
{
    /// <summary>An event as it is posted: encrypted, and signed.</summary>
    public static HttpRequestMessage Of(Uri address, string json, long? timestamp = null, string key = FakeFeishu.EncryptKey, bool isSigned = true)
    {
        using var aes = Aes.Create();
        aes.Key = SHA256.HashData(Encoding.UTF8.GetBytes(key));
        var body = $$"""{"encrypt":"{{Convert.ToBase64String([.. aes.IV, .. aes.EncryptCbc(Encoding.UTF8.GetBytes(json), aes.IV)])}}"}"""; // as Feishu writes it, without escapes
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        var time = (timestamp ?? TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()).ToString(provider: null);
        request.Headers.Add("X-Lark-Request-Timestamp", time);
        request.Headers.Add("X-Lark-Request-Nonce", "nonce");
        request.Headers.Add("X-Lark-Signature", isSigned ? [Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{time}nonce{key}{body}")))] : []);
        return request;
    }
}
