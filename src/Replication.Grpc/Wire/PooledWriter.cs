using System.Buffers;

namespace Replication.Grpc.Wire;

/// <summary>
/// A growing buffer out of the shared pool, for frames whose length is known only when they are written.
/// </summary>
internal sealed class PooledWriter : IBufferWriter<byte>, IDisposable
{
    private const int KeptBytesMax = 1 << 20;
    private byte[] _buffer = [];

    /// <summary>Gets how many bytes were written since the last <see cref="Clear"/>.</summary>
    public int Count { get; private set; }

    /// <summary>Gets what was written; void after the next call.</summary>
    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, Count);

    /// <summary>Forgets what was written; gives an unusually large buffer back.</summary>
    public void Clear()
    {
        Count = 0;
        if (_buffer.Length > KeptBytesMax)
        {
            Dispose();
        }
    }

    /// <summary>Leaves room for the header of a frame.</summary>
    /// <returns>Where the frame starts, for <see cref="EndFrame"/>.</returns>
    public int BeginFrame()
    {
        int start = Count;
        GetSpan(MessageFrame.HeaderBytes);
        Count += MessageFrame.HeaderBytes;
        return start;
    }

    /// <summary>Writes the header of a frame whose message is written.</summary>
    public void EndFrame(int start) =>
        MessageFrame.WriteHeader(
            _buffer.AsSpan(start, MessageFrame.HeaderBytes), Count - start - MessageFrame.HeaderBytes);

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_buffer.Length - Count), nameof(count));
        Count += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsMemory(Count);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsSpan(Count);
    }

    public void Dispose()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
        }

        Count = 0;
    }

    private void Reserve(int sizeHint)
    {
        int needed = Math.Max(sizeHint, 256);
        if (_buffer.Length - Count >= needed)
        {
            return;
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent(checked(Math.Max(Count + needed, _buffer.Length * 2)));
        _buffer.AsSpan(0, Count).CopyTo(larger);
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }

        _buffer = larger;
    }
}
