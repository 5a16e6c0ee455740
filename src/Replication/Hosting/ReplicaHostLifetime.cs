using Microsoft.Extensions.Hosting;

namespace Replication.Hosting;

/// <summary>The host that an application's services run, once it is started.</summary>
public sealed class ReplicaHostAccess
{
    private ReplicaHost? _host;

    /// <summary>Gets the host.</summary>
    /// <exception cref="InvalidOperationException">The application has not started it yet.</exception>
    public ReplicaHost Host => Volatile.Read(ref _host)
        ?? throw new InvalidOperationException("The replica host is not started yet: it starts with the "
            + "application's hosted services.");

    internal void Set(ReplicaHost host) => Volatile.Write(ref _host, host);
}

/// <summary>Starts the host with the application and stops it with it.</summary>
internal sealed class ReplicaHostLifetime(IServiceProvider services, ReplicaHostAccess access) : IHostedService,
    IAsyncDisposable
{
    private ReplicaHost? _host;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _host = await ReplicaHost.StartAsync(ReplicationServices.Define(services),
            cancellationToken).ConfigureAwait(false);
        access.Set(_host);
    }

    public Task StopAsync(CancellationToken cancellationToken) => DisposeAsync().AsTask();

    public ValueTask DisposeAsync() => _host?.DisposeAsync() ?? ValueTask.CompletedTask;
}
