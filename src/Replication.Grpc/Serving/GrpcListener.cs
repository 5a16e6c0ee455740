using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Replication.Grpc.Wire;

namespace Replication.Grpc.Serving;

/// <summary>Sees each connection before its first byte is read: serves it, or calls the next.</summary>
internal delegate Task ConnectionFilter(ConnectionContext connection, ConnectionDelegate next,
    CancellationToken stopping);

/// <summary>A gRPC server on one endpoint: HTTP/2 over TLS or by prior knowledge, for every connection that the filter
/// leaves to it.</summary>
internal sealed class GrpcListener : IAsyncDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly IServer _server;
    private readonly GrpcApplication _application;
    private readonly WebApplication _container;
    private readonly TimeSpan _stopGrace;
    private int _isDisposed;

    public GrpcListener(
        IPEndPoint endpoint,
        ServiceTable services,
        TlsHandshakeCallbackOptions? tls,
        ILoggerFactory loggers,
        TimeProvider time,
        TimeSpan stopGrace,
        int messageBytesMax = MessageFrame.MessageBytesMaxDefault,
        ConnectionFilter? filter = null)
    {
        _stopGrace = stopGrace;
        // Only the server is taken out of the web application: no middleware, routing or configuration files.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            SetLimits(options.Limits);
            options.Listen(endpoint, listen =>
            {
                listen.Protocols = HttpProtocols.Http2;
                if (tls is not null)
                {
                    listen.UseHttps(tls);
                }

                if (filter is not null)
                {
                    listen.Use(next => connection => filter(connection, next, _stopping.Token));
                }
            });
        });

        // No call of ours blocks: what arrives is handled by the thread that read it, without a hop to another.
        builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = true);
        _container = builder.Build();
        _server = _container.Services.GetRequiredService<IServer>();
        _application = new GrpcApplication(
            services, messageBytesMax, time, loggers.CreateLogger("Replication.Grpc"), _stopping.Token);
    }

    /// <summary>
    /// Gets the bound address; its port is the real one after <see cref="StartAsync"/>, also where 0 was asked for.
    /// </summary>
    public Uri Address => new(_server.Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Binds and serves.</summary>
    /// <exception cref="IOException">The endpoint is in use or not of this machine.</exception>
    public Task StartAsync(CancellationToken cancellationToken) => _server.StartAsync(_application, cancellationToken);

    /// <summary>
    /// Ends streams, waits for calls under way for at most the given time, then closes every connection.
    /// </summary>
    public async Task StopAsync(TimeSpan grace)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        using CancellationTokenSource limit = new(grace);
        await _server.StopAsync(limit.Token).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0)
        {
            return;
        }

        await StopAsync(_stopGrace).ConfigureAwait(false);
        await _container.DisposeAsync().ConfigureAwait(false);
        _stopping.Dispose();
    }

    private static void SetLimits(KestrelServerLimits limits)
    {
        // Messages have their own limit, and a status that says so.
        limits.MaxRequestBodySize = null;

        // The server keeps at most 100 streams of a connection for reuse: more at once make their own each time
        // (measured: 22 KB per call). Clients wait or open a further connection.
        limits.Http2.MaxStreamsPerConnection = 100;

        // One stream can never use up the connection's window: a large value leaves room for other calls.
        limits.Http2.InitialStreamWindowSize = 2 << 20;
        limits.Http2.InitialConnectionWindowSize = 16 << 20;

        // A dead peer is noticed though nobody writes.
        limits.Http2.KeepAlivePingDelay = TimeSpan.FromSeconds(5);
        limits.Http2.KeepAlivePingTimeout = TimeSpan.FromSeconds(5);
    }
}
