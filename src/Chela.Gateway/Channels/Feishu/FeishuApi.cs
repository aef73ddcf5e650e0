using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Chela.Gateway.Config;

namespace Chela.Gateway.Channels.Feishu;

/// <summary>The calls of Feishu that are used here; how they fail, <see cref="FeishuHttp"/> says.</summary>
internal sealed class FeishuApi(FeishuHttp http, FeishuTokens tokens)
{
    private const string Messages = "/open-apis/im/v1/messages";

    private static readonly FeishuJson Json = FeishuJson.Default;

    /// <summary>Who the bot of the app is.</summary>
    public async Task<FeishuBot> GetBotAsync(FeishuAccountConfig account, CancellationToken ct)
    {
        var answer = await CallAsync(account, HttpMethod.Get, "/open-apis/bot/v3/info", () => null, ct);
        return answer.Bot is { OpenId.Length: > 0 } bot ? bot : throw new HttpRequestException("the answer does not say who the bot is");
    }

    /// <summary>What people call a person.</summary>
    public async Task<string?> GetNameAsync(FeishuAccountConfig account, string person, CancellationToken ct)
    {
        var answer = await CallAsync(account, HttpMethod.Get, $"/open-apis/contact/v3/users/{Uri.EscapeDataString(person)}?user_id_type=open_id", () => null, ct);
        return Data(answer, Json.FeishuPerson).User?.Name;
    }

    /// <summary>Where a long connection of the app goes. This call shows the secret itself.</summary>
    public async Task<FeishuPlace> GetPlaceAsync(FeishuAccountConfig account, CancellationToken ct)
    {
        var shown = JsonSerializer.SerializeToUtf8Bytes(new PlaceRequest(account.AppId, account.AppSecret), Json.PlaceRequest);
        return Data(await http.CallAsync(HttpMethod.Post, $"{account.Root()}/callback/ws/endpoint", null, FeishuHttp.Json(shown), ct), Json.FeishuPlace);
    }

    /// <summary>Sends a message into a chat, or to a person.</summary>
    public async Task<FeishuSent> SendAsync(FeishuAccountConfig account, FeishuSend message, CancellationToken ct)
    {
        var type = message.ReceiveId?.StartsWith("ou_", StringComparison.Ordinal) is true ? "open_id" : "chat_id";
        return Data(await PostAsync(account, $"{Messages}?receive_id_type={type}", message, Json.FeishuSend, ct), Json.FeishuSent);
    }

    /// <summary>Answers a message.</summary>
    public async Task<FeishuSent> ReplyAsync(FeishuAccountConfig account, string messageId, FeishuSend message, CancellationToken ct) =>
        Data(await PostAsync(account, $"{PathOf(messageId)}/reply", message, Json.FeishuSend, ct), Json.FeishuSent);

    /// <summary>Puts something else in the place of a message.</summary>
    public Task EditAsync(FeishuAccountConfig account, string messageId, FeishuSend message, CancellationToken ct)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(message, Json.FeishuSend);
        return CallAsync(account, HttpMethod.Put, PathOf(messageId), () => FeishuHttp.Json(json), ct);
    }

    public Task ReactAsync(FeishuAccountConfig account, string messageId, string emoji, CancellationToken ct) =>
        PostAsync(account, $"{PathOf(messageId)}/reactions", new FeishuReaction(new FeishuReactionType(emoji)), Json.FeishuReaction, ct);

    /// <summary>Uploads a file; returns the key by which it is sent.</summary>
    public async Task<string> UploadAsync(FeishuAccountConfig account, FeishuUpload upload, CancellationToken ct)
    {
        var isImage = upload.Kind == FeishuUpload.Image;
        var answer = Data(await CallAsync(account, HttpMethod.Post, isImage ? "/open-apis/im/v1/images" : "/open-apis/im/v1/files", () => isImage ? ImageForm(upload) : FileForm(upload), ct), Json.FeishuUploaded);
        return answer.ImageKey ?? answer.FileKey ?? throw new HttpRequestException("the answer holds no key of the file");
    }

    /// <summary>The content of a file that came with a message.</summary>
    /// <param name="most">The longest that is taken, in bytes.</param>
    public Task<byte[]> DownloadAsync(FeishuAccountConfig account, FeishuFile file, long most, CancellationToken ct)
    {
        var address = $"{account.Root()}{PathOf(file.MessageId)}/resources/{Uri.EscapeDataString(file.Key)}?type={file.Type}";
        return WithTokenAsync(account, token => http.DownloadAsync(address, token, most, ct), ct);
    }

    private static MultipartFormDataContent ImageForm(FeishuUpload upload) => new()
    {
        { new StringContent("message"), "image_type" },
        { new ReadOnlyMemoryContent(upload.Content), "image", "image" },
    };

    private static MultipartFormDataContent FileForm(FeishuUpload upload) => new()
    {
        { new StringContent(upload.Kind == FeishuUpload.Video ? "mp4" : "stream"), "file_type" },
        { new StringContent(upload.Name), "file_name" },
        { new ReadOnlyMemoryContent(upload.Content), "file", "file" },
    };

    private static string PathOf(string messageId) => $"{Messages}/{Uri.EscapeDataString(messageId)}";

    private Task<FeishuAnswer> PostAsync<T>(FeishuAccountConfig account, string path, T sent, JsonTypeInfo<T> type, CancellationToken ct)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(sent, type);
        return CallAsync(account, HttpMethod.Post, path, () => FeishuHttp.Json(json), ct);
    }

    private Task<FeishuAnswer> CallAsync(FeishuAccountConfig account, HttpMethod method, string path, Func<HttpContent?> content, CancellationToken ct) =>
        WithTokenAsync(account, token => http.CallAsync(method, account.Root() + path, token, content(), ct), ct);

    /// <summary>A token can be taken back before its time: then it is fetched anew, once.</summary>
    private async Task<T> WithTokenAsync<T>(FeishuAccountConfig account, Func<string, Task<T>> call, CancellationToken ct)
    {
        var token = await tokens.GetAsync(account, ct);
        try
        {
            return await call(token);
        }
        catch (FeishuException e) when (e.Error.IsStaleToken)
        {
            tokens.Forget(account, token);
        }

        return await call(await tokens.GetAsync(account, ct));
    }

    private static T Data<T>(FeishuAnswer answer, JsonTypeInfo<T> type)
    {
        try
        {
            return answer.Data is { } data && data.Deserialize(type) is { } read ? read : throw new HttpRequestException("the answer is empty");
        }
        catch (JsonException e)
        {
            throw new HttpRequestException("the answer cannot be read", e);
        }
    }
}
