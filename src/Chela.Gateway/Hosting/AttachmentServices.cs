using Chela.Gateway.Agents.Context;
using Chela.Gateway.Rpc;
using Chela.Gateway.Sessions.Attachments;
using Chela.Gateway.Sessions.Retention;
using Chela.Gateway.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Chela.Gateway.Hosting;

/// <summary>The part of the composition that is about files that come with messages.</summary>
internal static class AttachmentServices
{
    public static IServiceCollection AddAttachments(this IServiceCollection services, GatewaySetup setup) => services
        .AddSingleton(provider => new BlobFolder(
            setup.Paths.AttachmentsDirectory, setup.Crash is { } crash ? crash.Pass : null, setup.Time, provider.GetRequiredService<ILogger<BlobFolder>>()))
        .AddSingleton<AttachmentStore>()
        .AddSingleton<ArtifactList>()
        .AddSingleton<IMethodModule, ArtifactMethods>()
        .AddSingleton<AttachmentSweep>()
        .AddSingleton<AttachedFiles>();
}
