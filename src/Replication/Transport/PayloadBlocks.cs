namespace Replication.Transport;

/// <summary>Copies payloads side by side into blocks: few allocations per message, none on the large object heap but
/// for large payloads.</summary>
/// <remarks>Neighbours in the log live about equally long, so a shared block is not kept alive for one of them alone
/// for long.</remarks>
internal struct PayloadBlocks
{
    private const int BlockBytesMax = 32 << 10;

    private long _expected;
    private byte[] _block;
    private int _used;

    /// <param name="expectedBytes">Upper bound of what will be copied.</param>
    public PayloadBlocks(long expectedBytes)
    {
        _expected = expectedBytes;
        _block = [];
    }

    public ReadOnlyMemory<byte> Copy(ReadOnlySpan<byte> payload)
    {
        if (payload.IsEmpty)
        {
            return default;
        }

        if (payload.Length > _block.Length - _used)
        {
            if (payload.Length > BlockBytesMax / 4)
            {
                _expected -= payload.Length;
                return payload.ToArray();
            }

            _block = new byte[(int)Math.Clamp(_expected, payload.Length, BlockBytesMax)];
            _used = 0;
        }

        Memory<byte> copy = _block.AsMemory(_used, payload.Length);
        payload.CopyTo(copy.Span);
        _used += payload.Length;
        _expected -= payload.Length;
        return copy;
    }
}
