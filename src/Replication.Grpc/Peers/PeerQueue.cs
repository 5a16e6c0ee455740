using System.Threading.Channels;
using Replication.Transport;

namespace Replication.Grpc.Peers;

/// <summary>
/// Messages that wait for one peer, bounded in number and bytes. Many writers, one reader; never blocks a writer.
/// </summary>
internal sealed class PeerQueue(int messagesMax, long bytesMax)
{
    private readonly Channel<PeerMessage?> _channel = Channel.CreateUnbounded<PeerMessage?>(
        new UnboundedChannelOptions
        {
            SingleReader = true,

            // A message that finds the link idle is written by its sender: waking another thread costs more. The reader
            // never blocks; while the connection has no room it waits without a thread.
            AllowSynchronousContinuations = true,
        });

    private long _bytes;
    private int _messages;
    private long _dropped;
    private int _hasLost;

    /// <summary>Gets how many bytes wait.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>Gets how many messages were dropped since the start.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    /// <summary>Adds a message, or drops and counts it if there is no room.</summary>
    public bool TryAdd(PeerMessage message)
    {
        // Counted first, so that two writers can't both take the last place.
        bool fits = Interlocked.Add(ref _bytes, message.SizeBytes) <= bytesMax;
        fits &= Interlocked.Increment(ref _messages) <= messagesMax;
        if (fits)
        {
            return _channel.Writer.TryWrite(message);
        }

        Uncount(message);
        Drop();
        return false;
    }

    /// <summary>Counts a message that was never added.</summary>
    public void Drop()
    {
        Interlocked.Increment(ref _dropped);
        Volatile.Write(ref _hasLost, 1);
    }

    /// <summary>Whether something was dropped since the last call.</summary>
    public bool TakeLoss() => Interlocked.Exchange(ref _hasLost, 0) != 0;

    /// <summary>Waits until there is a message.</summary>
    public ValueTask<bool> WaitAsync(CancellationToken cancellationToken) =>
        _channel.Reader.WaitToReadAsync(cancellationToken);

    /// <summary>Has the peer asked for a sign of life.</summary>
    public void AskForLife() => _channel.Writer.TryWrite(null);

    /// <summary>Takes the next message off.</summary>
    /// <param name="message">The message; null to ask for a sign of life.</param>
    /// <returns>False if nothing waits.</returns>
    public bool TryTake(out PeerMessage? message)
    {
        if (!_channel.Reader.TryRead(out message))
        {
            return false;
        }

        if (message is not null)
        {
            Uncount(message);
        }

        return true;
    }

    /// <summary>Drops what waits.</summary>
    public void Clear()
    {
        while (TryTake(out PeerMessage? message))
        {
            if (message is not null)
            {
                Drop();
            }
        }
    }

    private void Uncount(PeerMessage message)
    {
        Interlocked.Add(ref _bytes, -message.SizeBytes);
        Interlocked.Decrement(ref _messages);
    }
}
