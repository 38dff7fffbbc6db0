using System.Runtime.InteropServices;
using JellyBean.Runtime.Fragments;

namespace JellyBean.Runtime.Tests.Fragments;

public class FreedMemoryTests
{
    private const int Blocks = 4000;

    // Small enough for an arena: larger ones come from the system one by one, and go back so.
    private const int BlockBytes = 8192;

    [Fact]
    public void Freed_pages_below_one_in_use_go_back_to_the_system()
    {
        var blocks = new nint[Blocks];
        for (var i = 0; i < Blocks; i++)
        {
            blocks[i] = Marshal.AllocHGlobal(BlockBytes);
            for (var at = 0; at < BlockBytes; at += 1024)
            {
                Marshal.WriteByte(blocks[i], at, 1);
            }
        }

        try
        {
            var used = Present(blocks);
            foreach (var block in blocks[..^1])
            {
                Marshal.FreeHGlobal(block);
            }

            var reserved = Present(blocks);
            var isGlibc = FreedMemory.GiveBack();
            var kept = Present(blocks);

            Assert.True(used > Blocks * 0.9, $"{used} of {Blocks} blocks were present while in use.");
            if (isGlibc)
            {
                // Other tests allocate meanwhile, and may get some of it.
                Assert.True(kept < reserved * 0.5, $"{kept} of {reserved} freed blocks are still present.");
            }
        }
        finally
        {
            Marshal.FreeHGlobal(blocks[^1]);
        }
    }

    /// <summary>How many blocks have a page in memory.</summary>
    private static int Present(nint[] blocks)
    {
        // A word for each page, of which the highest bit says that it is in memory (proc_pid_pagemap(5)).
        using var map = File.OpenHandle("/proc/self/pagemap");
        Span<byte> word = stackalloc byte[sizeof(ulong)];
        var count = 0;
        foreach (var block in blocks)
        {
            // The first page that lies wholly within the block.
            var page = (block + Environment.SystemPageSize - 1) / Environment.SystemPageSize;
            count += RandomAccess.Read(map, word, page * sizeof(ulong)) == sizeof(ulong) && BitConverter.ToUInt64(word) >> 63 == 1 ? 1 : 0;
        }

        return count;
    }
}
