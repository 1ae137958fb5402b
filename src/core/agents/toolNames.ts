// The names of the tools for agents.

export const toolNames = ['ferry_list_peers', 'ferry_list_inbox', 'ferry_propose_send', 'ferry_propose_message'] as const;

export type ToolName = (typeof toolNames)[number];
