using System.Buffers;
using System.Diagnostics;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Harness.Proxies;

/// <summary>A connection through a proxy: two sockets, and for each direction a reader and a writer with a bounded
/// queue between them.</summary>
internal sealed class ProxiedConnection : IDisposable
{
    private const int ChunkBytes = 64 << 10;
    private const int ChunksMax = 64;
    private readonly Socket _dialler;
    private readonly Socket _target;
    private readonly CancellationTokenSource _ended = new();

    public ProxiedConnection(Socket dialler, Socket target)
    {
        _dialler = dialler;
        _target = target;
    }

    /// <summary>Carries bytes both ways until either end closes or the connection is broken.</summary>
    /// <param name="forward">From who dialled.</param>
    /// <param name="backward">To who dialled.</param>
    public async Task RunAsync(Link forward, Link backward)
    {
        try
        {
            _dialler.NoDelay = true;
            _target.NoDelay = true;
        }
        catch (Exception error) when (IsEnd(error))
        {
            // An end has gone already; it is met below.
        }

        await Task.WhenAll(CarryAsync(_dialler, _target, forward), CarryAsync(_target, _dialler, backward))
            .ConfigureAwait(false);
    }

    /// <summary>Breaks it: both ends get a reset.</summary>
    public void Break()
    {
        try
        {
            _dialler.LingerState = new LingerOption(true, 0);
            _target.LingerState = new LingerOption(true, 0);
        }
        catch (Exception error) when (IsEnd(error))
        {
            // It ended by itself in this moment.
        }

        End();
    }

    public void Dispose()
    {
        End();
        _ended.Dispose();
    }

    private async Task CarryAsync(Socket from, Socket to, Link link)
    {
        Channel<Chunk> queue = Channel.CreateBounded<Chunk>(ChunksMax);
        await Task.WhenAll(ReadAsync(from, link, queue.Writer), WriteAsync(to, link, queue.Reader))
            .ConfigureAwait(false);
    }

    private async Task ReadAsync(Socket from, Link link, ChannelWriter<Chunk> queue)
    {
        try
        {
            while (true)
            {
                byte[] buffer = ArrayPool<byte>.Shared.Rent(ChunkBytes);
                int read = await from.ReceiveAsync(buffer, _ended.Token).ConfigureAwait(false);
                if (read == 0)
                {
                    break;
                }

                TimeSpan delay = link.Delay;
                if (delay > TimeSpan.Zero)
                {
                    link.NoteHeld();
                }

                await queue.WriteAsync(new Chunk(buffer, read, Stopwatch.GetTimestamp(), delay), _ended.Token)
                    .ConfigureAwait(false);
            }
        }
        catch (Exception error) when (IsEnd(error))
        {
            End();
        }
        finally
        {
            queue.TryComplete();
        }
    }

    private async Task WriteAsync(Socket to, Link link, ChannelReader<Chunk> queue)
    {
        try
        {
            await foreach (Chunk chunk in queue.ReadAllAsync(_ended.Token).ConfigureAwait(false))
            {
                TimeSpan rest = chunk.Delay - Stopwatch.GetElapsedTime(chunk.Arrived);
                if (rest > TimeSpan.Zero)
                {
                    await Task.Delay(rest, _ended.Token).ConfigureAwait(false);
                }

                await link.PassAsync(_ended.Token).ConfigureAwait(false);
                await SendAllAsync(to, chunk).ConfigureAwait(false);
                ArrayPool<byte>.Shared.Return(chunk.Buffer);
            }

            // What was sent before the end has arrived; the end itself meets a cut like any packet.
            await link.PassAsync(_ended.Token).ConfigureAwait(false);
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception error) when (IsEnd(error))
        {
            End();
        }
    }

    private async Task SendAllAsync(Socket to, Chunk chunk)
    {
        for (int sent = 0; sent < chunk.Length;)
        {
            sent += await to.SendAsync(chunk.Buffer.AsMemory(sent, chunk.Length - sent), _ended.Token)
                .ConfigureAwait(false);
        }
    }

    private void End()
    {
        try
        {
            _ended.Cancel();
        }
        catch (ObjectDisposedException)
        {
            return;
        }

        _dialler.Dispose();
        _target.Dispose();
    }

    private static bool IsEnd(Exception error) =>
        error is SocketException or OperationCanceledException or ObjectDisposedException;

    private readonly record struct Chunk(byte[] Buffer, int Length, long Arrived, TimeSpan Delay);
}
