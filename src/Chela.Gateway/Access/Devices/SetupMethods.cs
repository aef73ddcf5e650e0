using System.Buffers.Text;
using System.Text.Json;
using Chela.Contracts.Access;
using Chela.Contracts.Errors;
using Chela.Gateway.Config;
using Chela.Gateway.Rpc;

namespace Chela.Gateway.Access.Devices;

/// <summary>Makes setup codes, with which a phone or a node is let in without anybody typing a secret. For administrators only.</summary>
internal sealed class SetupMethods(SetupCodes codes, GatewayAddresses addresses, ConfigStore config) : IMethodModule
{
    private const string Full = "full";
    private const string Limited = "limited";

    public void Map(MethodMap methods)
    {
        var json = SetupsJson.Default;
        methods.Add(MethodMap.Method("device.pair.setupCode", OperatorScopes.Admin, json.SetupCodeParams, json.SetupCodeResult, IssueAsync) with
        {
            Summary = "Make a code that lets one device in, once, within ten minutes.",
            IsHidden = true,
        });
        methods.Add(MethodMap.Method("device.pair.setupStatus", OperatorScopes.Admin, json.SetupStatusParams, json.SetupStatusResult, Status) with
        {
            IsAudited = false,
            Summary = "Whether a setup code was used, and by which device.",
            IsHidden = true,
        });
    }

    private async ValueTask<SetupCodeResult> IssueAsync(SetupCodeParams parameters, CallContext context, CancellationToken ct)
    {
        var gateway = config.Current.Config.Gateway;
        var (urls, source) = Urls(parameters.PublicUrl, gateway.Bind);
        var wanted = SetupProfile.Find(parameters.BootstrapProfile ?? Full)!; // the shape admits no other names
        var isDowngraded = wanted.Access == Full && !urls.All(SetupAddress.IsPrivate);
        if (isDowngraded && wanted.Name != Full)
        {
            throw new RpcException(RpcErrorKind.InvalidRequest, $"a code of the profile {wanted.Name} needs an encrypted address; give one with publicUrl, wss://…");
        }

        var profile = isDowngraded ? SetupProfile.Find(Limited)! : wanted;
        var issued = await codes.IssueAsync(profile, ct);
        var all = urls.Count > 1 ? urls : null;
        var payload = new SetupPayload(urls[0], issued.Token, issued.Setup.ExpiresAtMs)
        {
            Urls = all,
            TlsFingerprint = parameters.PublicUrl is null ? addresses.TlsFingerprint : null,
        };
        return new SetupCodeResult(
            issued.Setup.SetupId,
            Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(payload, SetupsJson.Default.SetupPayload)),
            urls[0],
            gateway.Auth.Mode == "password" ? "password" : "token",
            source,
            profile.Access,
            issued.Setup.ExpiresAtMs)
        {
            GatewayUrls = all,
            AccessDowngraded = isDowngraded ? true : null,
        };
    }

    private ValueTask<SetupStatusResult> Status(SetupStatusParams parameters, CallContext context, CancellationToken ct) =>
        new(new SetupStatusResult { Completion = codes.Find(parameters.SetupId) is { } setup ? SetupCompletion.Of(setup) : null });

    private (IReadOnlyList<string> Urls, string Source) Urls(string? publicUrl, string bind)
    {
        if (publicUrl is null)
        {
            return addresses.Urls.Count > 0
                ? (addresses.Urls, $"gateway.bind={bind}")
                : throw new RpcException(RpcErrorKind.InvalidRequest, "the gateway does not listen yet; give an address with publicUrl");
        }

        var url = SetupAddress.Read(publicUrl) ?? throw new RpcException(
            RpcErrorKind.InvalidParams,
            "invalid device.pair.setupCode params: at /publicUrl: must be an address that begins with ws://, wss://, http:// or https://, without user name, query and fragment");
        return ([url], "request.publicUrl");
    }
}
